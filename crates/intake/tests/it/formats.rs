//! Messages about source formats.

use intake::SourceFormat;

#[test]
fn every_mistake_has_its_line() {
    let text = r#"name = "mine/events"
title = "Mine"
rol = "events"
role = "event"
encoding = "latin"
delimiter = ";;"
dates = ["iso", "american"]
unknown_dates = ["1800-13-01"]
required = ["NHS_NUMBR"]

[identity]
nhs_number = "NHS_NUMBER"
birth = 7
surname = "X"

[[event]]
kind = "admision"
date = "D"
method = { column = "M", map = { "1" = "urgent" } }
join = true

[[event]]
kind = "diagnosis"
each = "DIAG_{20..01}"
when = { column = "A", is = ["x"], filled = true }
code = { column = "C", system = "icd9" }
"#;
    let (format, issues) = SourceFormat::parse("mine.toml", text);
    assert!(format.is_none());
    insta::assert_snapshot!(issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    let (format, issues) = SourceFormat::parse("broken.toml", "name = \"x\ntitle=");
    assert!(format.is_none() && issues[0].line == 1, "{issues:?}");
}

#[test]
fn a_role_needs_its_tables() {
    for (text, expect) in [
        ("role = \"events\"\n[identity]\nnhs_number = \"N\"", "at least one [[event]]"),
        ("role = \"person_list\"", "an [identity] table"),
        (
            "role = \"events\"\n[identity]\nsex = \"S\"\n[[event]]\nkind = \"death\"\ndate = \"D\"",
            "an NHS number, a local id",
        ),
        ("role = \"reference_lsoa\"", "a [reference] table"),
    ] {
        let text = format!("name = \"a/b\"\ntitle = \"T\"\n{text}\n");
        let (_, issues) = SourceFormat::parse("f.toml", &text);
        assert!(issues.iter().any(|issue| issue.message.contains(expect)), "{text}: {issues:?}");
    }
}
