//! How alike two strings are.

/// Jaro-Winkler similarity, 0 to 1 (Winkler 1990): Jaro raised by a tenth of the rest for each of up to four leading letters
/// in common, where Jaro is above 0.7. Two empty strings are alike (1).
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a.len() <= 64 && b.len() <= 64 && a.is_ascii() && b.is_ascii() {
        return raise(jaro_short(a.as_bytes(), b.as_bytes()), a.as_bytes(), b.as_bytes());
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    raise(jaro_long(&a, &b), &a, &b)
}

fn raise<T: Eq>(jaro: f64, a: &[T], b: &[T]) -> f64 {
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

/// Jaro's formula from the lengths, the common letters and the half transpositions.
fn formula(a: usize, b: usize, common: usize, out_of_order: usize) -> f64 {
    if common == 0 {
        return 0.0;
    }
    let m = common as f64;
    (m / a as f64 + m / b as f64 + (m - (out_of_order / 2) as f64) / m) / 3.0
}

/// How far apart two common letters may stand.
fn window(a: usize, b: usize) -> usize {
    (a.max(b) / 2).saturating_sub(1)
}

/// Jaro for at most 64 bytes each: the letters already taken are bits of a word.
fn jaro_short(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let reach = window(a.len(), b.len());
    let (mut in_a, mut in_b) = (0_u64, 0_u64);
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(reach);
        let to = (i + reach + 1).min(b.len());
        for (j, y) in b.iter().enumerate().take(to).skip(from) {
            if in_b >> j & 1 == 0 && y == x {
                in_a |= 1 << i;
                in_b |= 1 << j;
                break;
            }
        }
    }
    let common = in_a.count_ones() as usize;
    let (mut left, mut right, mut out_of_order) = (in_a, in_b, 0);
    while left != 0 && right != 0 {
        out_of_order += usize::from(a[left.trailing_zeros() as usize] != b[right.trailing_zeros() as usize]);
        left &= left - 1;
        right &= right - 1;
    }
    formula(a.len(), b.len(), common, out_of_order)
}

fn jaro_long(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let reach = window(a.len(), b.len());
    let mut taken = vec![false; b.len()];
    let mut common_a = Vec::new();
    for (i, x) in a.iter().enumerate() {
        let to = (i + reach + 1).min(b.len());
        let found = (i.saturating_sub(reach)..to).find(|j| !taken[*j] && b[*j] == *x);
        if let Some(j) = found {
            taken[j] = true;
            common_a.push(*x);
        }
    }
    let common_b = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(y, _)| y);
    let out_of_order = common_a.iter().zip(common_b).filter(|(x, y)| x != y).count();
    formula(a.len(), b.len(), common_a.len(), out_of_order)
}

/// Damerau-Levenshtein distance: insertions, deletions, substitutions and exchanges of neighbours, with no limit on how often a
/// part is edited (Lowrance and Wagner 1975), in characters.
pub fn damerau_levenshtein(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let width = b.len() + 2;
    let most = a.len() + b.len();
    let mut cost = vec![most; (a.len() + 2) * width];
    for i in 0..=a.len() {
        cost[(i + 1) * width + 1] = i;
    }
    for j in 0..=b.len() {
        cost[width + j + 1] = j;
    }
    let mut last_row: Vec<(char, usize)> = Vec::new();
    for i in 1..=a.len() {
        let mut last_match = 0;
        for j in 1..=b.len() {
            let row = last_row.iter().find(|(c, _)| *c == b[j - 1]).map_or(0, |(_, row)| *row);
            let column = last_match;
            let same = a[i - 1] == b[j - 1];
            if same {
                last_match = j;
            }
            let substitute = cost[i * width + j] + usize::from(!same);
            let insert = cost[(i + 1) * width + j] + 1;
            let delete = cost[i * width + j + 1] + 1;
            let exchange = cost[row * width + column] + (i - row - 1) + 1 + (j - column - 1);
            cost[(i + 1) * width + j + 1] = substitute.min(insert).min(delete).min(exchange);
        }
        match last_row.iter_mut().find(|(c, _)| *c == a[i - 1]) {
            Some(entry) => entry.1 = i,
            None => last_row.push((a[i - 1], i)),
        }
    }
    cost[(a.len() + 1) * width + b.len() + 1]
}

/// Whether at most `limit` edits (see [`damerau_levenshtein`]) part the strings. One edit is decided in one walk.
pub(crate) fn within_edits(a: &str, b: &str, limit: usize) -> bool {
    if a.len().abs_diff(b.len()) > limit * 4 {
        return false;
    }
    if limit == 1 && a.is_ascii() && b.is_ascii() {
        return within_one(a.as_bytes(), b.as_bytes());
    }
    letters_apart(a, b) <= limit && damerau_levenshtein(a, b) <= limit
}

/// How many letters of one have no partner in the other, the larger of both ways: never more than the distance, and cheap.
/// 0 where a text is not plain Latin.
fn letters_apart(a: &str, b: &str) -> usize {
    if !a.is_ascii() || !b.is_ascii() {
        return 0;
    }
    let mut surplus = [0_i32; 128];
    for byte in a.bytes() {
        surplus[usize::from(byte)] += 1;
    }
    for byte in b.bytes() {
        surplus[usize::from(byte)] -= 1;
    }
    let more: i32 = surplus.iter().filter(|n| **n > 0).sum();
    let fewer: i32 = surplus.iter().filter(|n| **n < 0).sum();
    more.max(-fewer) as usize
}

fn within_one(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(at) = short.iter().zip(long).position(|(x, y)| x != y) else { return true };
    if short.len() < long.len() {
        return short[at..] == long[at + 1..];
    }
    if short[at + 1..] == long[at + 1..] {
        return true;
    }
    at + 1 < short.len() && short[at] == long[at + 1] && short[at + 1] == long[at] && short[at + 2..] == long[at + 2..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Winkler (1990) and Winkler's table of census names (2006), to three places.
    #[test]
    fn jaro_winkler_of_published_names() {
        for (a, b, expect) in [
            ("MARTHA", "MARHTA", 0.961),
            ("DIXON", "DICKSONX", 0.813),
            ("DWAYNE", "DUANE", 0.840),
            ("SHACKLEFORD", "SHACKELFORD", 0.982),
            ("DUNNINGHAM", "CUNNIGHAM", 0.896),
            ("NICHLESON", "NICHULSON", 0.956),
            ("JONES", "JOHNSON", 0.832),
            ("MASSEY", "MASSIE", 0.933),
            ("ABROMS", "ABRAMS", 0.922),
            ("ITMAN", "SMITH", 0.467),
            ("JERALDINE", "GERALDINE", 0.926),
            ("MICHELLE", "MICHAEL", 0.921),
            ("JULIES", "JULIUS", 0.933),
            ("TANYA", "TONYA", 0.880),
            ("SEAN", "SUSAN", 0.805),
            ("JON", "JOHN", 0.933),
            ("JON", "JAN", 0.800),
        ] {
            let found = jaro_winkler(a, b);
            assert!((found - expect).abs() < 0.0006, "{a} {b}: {found}");
        }
    }

    #[test]
    fn damerau_of_published_pairs() {
        for (a, b, expect) in [
            ("CA", "ABC", 2),
            ("AN ACT", "A CAT", 2),
            ("KITTEN", "SITTING", 3),
            ("", "ABC", 3),
            ("SAME", "SAME", 0),
            ("TEH", "THE", 1),
            ("SATURDAY", "SUNDAY", 3),
        ] {
            assert_eq!(damerau_levenshtein(a, b), expect, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn jaro_winkler_is_bounded_symmetric_and_one_for_the_same(a in ".{0,20}", b in ".{0,20}") {
            let s = jaro_winkler(&a, &b);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&s));
            prop_assert!((jaro_winkler(&a, &a) - 1.0).abs() < 1e-12);
            prop_assert_eq!(a == b, s > 1.0 - 1e-12);
        }

        #[test]
        fn both_ways_of_jaro_agree(a in "[A-D]{0,14}", b in "[A-D]{0,14}") {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert!((jaro_short(a.as_bytes(), b.as_bytes()) - jaro_long(&x, &y)).abs() < 1e-12);
        }

        #[test]
        fn damerau_is_a_distance(a in "[A-C]{0,7}", b in "[A-C]{0,7}", c in "[A-C]{0,7}") {
            let d = damerau_levenshtein;
            prop_assert_eq!(d(&a, &b), d(&b, &a));
            prop_assert_eq!(d(&a, &b) == 0, a == b);
            prop_assert!(d(&a, &c) <= d(&a, &b) + d(&b, &c));
            prop_assert_eq!(within_edits(&a, &b, 1), d(&a, &b) <= 1);
            prop_assert_eq!(within_edits(&a, &b, 2), d(&a, &b) <= 2);
            prop_assert!(d(&a, &b) <= a.len().max(b.len()));
        }
    }
}
