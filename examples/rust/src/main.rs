//! Prints the plan of a request, as canonical JSON: plan_file REQUEST.json
use std::io::Write;
use std::process::ExitCode;

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: plan_file REQUEST.json")?;
    cassplan::check_version()?;
    let plan = cassplan::plan(cassplan::Encoding::Json, &std::fs::read(path)?)?;
    std::io::stdout().write_all(&plan)?;
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plan_file: {error}");
            ExitCode::FAILURE
        }
    }
}
