//! The nearest valid name to a name that is wrong.

/// Up to three of `names` that are close to `wrong`, nearest first; ties in alphabetical order.
pub(crate) fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let wrong = simplified(wrong);
    let limit = (wrong.chars().count() / 3).max(2);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| {
            let other = simplified(name);
            let inside = wrong.len() > 3 && (other.contains(&wrong) || wrong.contains(&other) && other.len() > 3);
            (if inside { 1 } else { distance(&wrong, &other) }, name)
        })
        .filter(|&(d, _)| d <= limit)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// `did you mean "x" or "y"?`, or `None` where nothing is near.
pub(crate) fn did_you_mean<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let found = nearest(wrong, names);
    (!found.is_empty()).then(|| format!("did you mean {}?", quoted(&found)))
}

/// `"a", "b"`.
pub(crate) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn simplified(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names() {
        let names = ["NHS_NUMBER", "SEX", "POSTCODE", "DATE_OF_BIRTH"];
        assert_eq!(nearest("nhs number", names), ["NHS_NUMBER"]);
        assert_eq!(nearest("POST_CODE", names), ["POSTCODE"]);
        assert!(nearest("EPIKEY", names).is_empty());
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
