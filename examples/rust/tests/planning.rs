use cassplan::{convert, plan, verify, Encoding};

/// Requests of the golden cases, with what C++ makes of each.
fn cases() -> Vec<(Vec<u8>, Vec<u8>)> {
    let folder = std::env::var("CASSPLAN_REQUESTS").expect("set CASSPLAN_REQUESTS: see tests/capi/make_requests.py");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path().into_os_string().into_string().unwrap();
        if path.ends_with(".request.json") {
            let expected = path.replace(".request.", ".plan.");
            cases.push((std::fs::read(path).unwrap(), std::fs::read(expected).unwrap()));
        }
    }
    assert!(!cases.is_empty());
    cases
}

#[test]
fn plans_are_those_of_cpp() {
    for (request, expected) in cases() {
        assert!(*plan(Encoding::Json, &request).unwrap() == expected[..]);
    }
}

#[test]
fn plans_are_proven() {
    let (request, expected) = &cases()[0];
    let both = [b"{\"request\": ", &request[..], b", \"response\": ", &expected[..], b"}"].concat();
    let proof = verify(Encoding::Json, &both).unwrap();
    assert!(!String::from_utf8_lossy(&proof).contains("violations"));
}

#[test]
fn errors_say_where() {
    let error = plan(Encoding::Json, b"{\"desried\": {}}").err().unwrap();
    assert!(error.code == 3 && error.message.contains("desried"));
    assert!(plan(Encoding::Json, b"").is_err());
    assert!(plan(Encoding::Yaml, b"{}").is_err());
    assert!(convert("Nothing", Encoding::Json, b"{}", Encoding::Proto).is_err());
    assert!(convert("Tar\0get", Encoding::Json, b"{}", Encoding::Proto).is_err());
}

#[test]
fn threads_share_the_library() {
    let (request, expected) = &cases()[0];
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(*plan(Encoding::Json, request).unwrap() == expected[..]));
        }
    });
}
