//! Finds libcassplan with pkg-config.
use std::process::Command;

fn main() {
    let output = Command::new("pkg-config")
        .args(["--libs-only-L", "--libs-only-l", "cassplan"])
        .output()
        .expect("pkg-config is needed");
    assert!(output.status.success(), "pkg-config does not find cassplan; install it, or set PKG_CONFIG_PATH");
    let flags = String::from_utf8(output.stdout).expect("pkg-config speaks UTF-8");
    for flag in flags.split_whitespace() {
        if let Some(folder) = flag.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if let Some(name) = flag.strip_prefix("-l") {
            println!("cargo:rustc-link-lib=dylib={name}");
        }
    }
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
}
