//! The cut-offs of the models for encoded records are those that follow from the encoding.

use linkage::{Encoding, Hardening, Model};

/// Dice's coefficient to expect of two filters with so many parts in common and so many of their own, from the encoding alone: each part
/// sets `hashes` of `bits` places, the halves are laid over each other by exclusive or, and each bit is thrown with the noise's probability.
fn expected(encoding: Encoding, common: i32, own: (i32, i32)) -> f64 {
    let Hardening { fold: true, noise_thousandths, .. } = encoding.hardening else { panic!("the standard folds") };
    let (noise, bits) = (f64::from(noise_thousandths) / 1000.0, f64::from(encoding.bits));
    let set = |parts: i32| 1.0 - (1.0 - 1.0 / bits).powi(i32::from(encoding.hashes) * parts);
    let (both, left, right) = (set(common), set(own.0), set(own.1));
    // One place before folding: set in both filters, in the left one alone, in the right one alone, in none.
    let place = [
        both + (1.0 - both) * left * right,
        (1.0 - both) * left * (1.0 - right),
        (1.0 - both) * right * (1.0 - left),
        (1.0 - both) * (1.0 - left) * (1.0 - right),
    ];
    let folded = [
        2.0 * (place[0] * place[3] + place[1] * place[2]),
        2.0 * (place[1] * place[3] + place[0] * place[2]),
        2.0 * (place[2] * place[3] + place[0] * place[1]),
    ];
    let none = 1.0 - folded.iter().sum::<f64>();
    let thrown =
        folded[0] * (1.0 - noise).powi(2) + (folded[1] + folded[2]) * noise * (1.0 - noise) + none * noise.powi(2);
    let one = |share: f64| share * (1.0 - noise) + (1.0 - share) * noise;
    2.0 * thrown / (one(folded[0] + folded[1]) + one(folded[0] + folded[2]))
}

/// The hundredth halfway between two expectations.
fn halfway(a: f64, b: f64) -> u32 {
    (f64::midpoint(a, b) * 100.0).round() as u32
}

/// A name of six letters has seven pairs of letters with its two ends. A letter that is missing takes two of them and makes one new,
/// a wrong letter replaces two, two letters exchanged replace three, two names that begin alike have three in common, and two others
/// perhaps one. A short form stands in one list or in two; the bits of a list are those of four parts.
#[test]
fn cut_offs_lie_halfway_between_what_the_encoding_makes_of_neighbouring_slips() {
    let of = |common, own| expected(Encoding::default(), common, own);
    let (same, missing, wrong) = (of(7, (0, 0)), of(5, (2, 1)), of(5, (2, 2)));
    let (exchanged, alike, others) = (of(4, (3, 3)), of(3, (4, 4)), of(1, (6, 6)));
    let names = [halfway(same, missing), halfway(wrong, exchanged), halfway(exchanged, alike), halfway(alike, others)];
    assert_eq!(names, [84, 63, 51, 36]);
    let lists = halfway(of(4, (4, 4)), of(0, (4, 4)));
    assert_eq!(lists, 32);
    let febrl = Model::parse(include_str!("../../../models/encoded-febrl.toml")).unwrap();
    for model in [Model::encoded().unwrap(), febrl] {
        let text = model.to_toml();
        let used = |word: &str| {
            let mut found: Vec<u32> = text
                .split(&format!("\"{word} dice "))
                .skip(1)
                .filter_map(|rest| rest.split('"').next()?.parse().ok())
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        for (word, expect) in [
            ("given", vec![36, 51, 63, 84]),
            ("family", vec![36, 51, 63, 84]),
            ("middle", vec![84]),
            ("other", vec![32]),
            ("address", vec![63, 84]),
        ] {
            assert_eq!(used(word), expect, "{} {word}", model.name);
        }
    }
}
