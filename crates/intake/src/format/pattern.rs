//! Value maps: `"21" = "emergency"`, `"2*" = "emergency"`.

/// Texts that stand for values. An entry that ends in `*` matches every text with that beginning; an exact entry wins
/// over a beginning and a longer beginning over a shorter one. Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lookup<V> {
    exact: Vec<(String, V)>,
    prefixes: Vec<(String, V)>,
}

impl<V: Copy> Lookup<V> {
    pub(crate) fn new(entries: impl IntoIterator<Item = (String, V)>) -> Self {
        let (mut exact, mut prefixes) = (Vec::new(), Vec::new());
        for (text, value) in entries {
            let text = text.to_lowercase();
            match text.strip_suffix('*') {
                Some(prefix) => prefixes.push((prefix.to_owned(), value)),
                None => exact.push((text, value)),
            }
        }
        exact.sort_by(|a, b| a.0.cmp(&b.0));
        prefixes.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        Self { exact, prefixes }
    }

    pub(crate) fn get(&self, text: &str) -> Option<V> {
        let compare = |entry: &str| {
            let mut own = entry.chars();
            let mut other = text.chars().flat_map(char::to_lowercase);
            loop {
                match (own.next(), other.next()) {
                    (None, None) => return std::cmp::Ordering::Equal,
                    (a, b) if a == b => {}
                    (a, b) => return a.cmp(&b),
                }
            }
        };
        if let Ok(place) = self.exact.binary_search_by(|(entry, _)| compare(entry)) {
            return Some(self.exact[place].1);
        }
        self.prefixes.iter().find(|(prefix, _)| starts_with(text, prefix)).map(|&(_, value)| value)
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    prefix.chars().all(|c| text.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_before_longest_beginning() {
        let map = Lookup::new([("2*".to_owned(), 1), ("2A".to_owned(), 2), ("21*".to_owned(), 3), ("*".to_owned(), 9)]);
        assert_eq!(["2a", "28", "215", "x", ""].map(|t| map.get(t)), [Some(2), Some(1), Some(3), Some(9), Some(9)]);
        let map = Lookup::new([("Attended".to_owned(), 1), ("DNA".to_owned(), 2)]);
        assert_eq!(["ATTENDED", "dna", "dn", "dnaa"].map(|t| map.get(t)), [Some(1), Some(2), None, None]);
    }
}
