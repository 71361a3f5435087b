//! The valid names nearest to a wrong one.

/// How many names are listed where none is near.
const LISTED: usize = 14;

/// Advice on a wrong name: the nearest valid ones, or all of them where there are few; `None` where there is nothing to say.
pub(crate) fn advice<'n>(wrong: &str, valid: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let mut names: Vec<&str> = valid.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    let near = nearest(wrong, &names);
    if !near.is_empty() {
        return Some(format!("did you mean {}?", quoted(&near, "or")));
    }
    match names.len() {
        0 => None,
        1..=LISTED => Some(format!("valid here: {}", quoted(&names, "and"))),
        _ => Some("no known name is near it; `vanguard blueprint show` lists them all".to_owned()),
    }
}

/// At most three names within a third of the length of the wrong one, the nearest first.
fn nearest<'n>(wrong: &str, names: &[&'n str]) -> Vec<&'n str> {
    let limit = (wrong.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = names
        .iter()
        .filter(|name| name.chars().count().abs_diff(wrong.chars().count()) <= limit || shares_start(wrong, name))
        .map(|name| (distance(&wrong.to_lowercase(), name), *name))
        .filter(|(d, name)| *d <= limit || shares_start(wrong, name))
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Whether one is the start of the other, at least four characters long: `emergency_admissions` for `..._12m`.
fn shares_start(wrong: &str, name: &str) -> bool {
    wrong.len() >= 4 && name.len() >= 4 && (name.starts_with(wrong) || wrong.starts_with(name))
}

/// Edit distance with insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != *y)).min(above[j + 1] + 1).min(row[j] + 1);
            if j > 0 && last == Some(*y) && b[j - 1] == x && i > 0 {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
        last = Some(x);
    }
    above[b.len()]
}

fn quoted(names: &[&str], last: &str) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("method", "mehtod"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(advice("demntia", ["dementia", "diabetes"]).unwrap(), "did you mean `dementia`?");
        assert_eq!(advice("zzz", ["a", "b"]).unwrap(), "valid here: `a` and `b`");
        assert_eq!(advice("zzz", []), None);
    }

    proptest! {
        #[test]
        fn distance_is_a_distance(a in "[a-d]{0,6}", b in "[a-d]{0,6}") {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert!(distance(&a, &b) <= a.len().max(b.len()));
        }
    }
}
