//! `place.toml`: what the place is called, its localities and where its extracts lie.

use crate::layout::Layout;
use crate::output::File;
use std::fmt::Write as _;

/// The first line, by which a later simulation knows that it may write over the folder.
pub const FIRST_LINE: &str = "# Written by `vanguard simulate`: a synthetic place. No real person is in it.";

/// The text of the file.
pub fn text(layout: &Layout) -> String {
    let mut out = format!(
        "{FIRST_LINE}\nname = {}\nblueprint = \"mcp\"\nas_of = \"{}\"\nstart = \"{}\"\n",
        string(&layout.name),
        layout.as_of,
        layout.start
    );
    // Writing to a string cannot fail.
    for locality in &layout.localities {
        let practices: Vec<String> = locality.practices.iter().map(|&p| string(&layout.practices[p].code)).collect();
        let _ = write!(
            out,
            "\n[[locality]]\nid = {}\nname = {}\npractices = [{}]\n",
            string(&locality.id),
            string(&locality.name),
            practices.join(", ")
        );
        if locality.served {
            let _ = writeln!(out, "served_from = \"{}\"", layout.served_from);
        }
    }
    for file in File::ALL {
        source(&mut out, file.stem(), &file.path());
    }
    for stem in ["unit_costs", "organisations", "lsoa"] {
        source(&mut out, stem, &format!("extracts/{stem}.csv"));
    }
    out
}

fn source(out: &mut String, stem: &str, path: &str) {
    let _ = write!(out, "\n[[source]]\nid = \"{stem}\"\nformat = \"vanguard/{stem}\"\nfiles = \"{path}\"\n");
}

/// A basic string of TOML.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
