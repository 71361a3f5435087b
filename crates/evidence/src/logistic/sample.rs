//! Six hundred rows from the seeded stream, which another program can make too: age in tens of years, sex, a condition, the
//! logarithm of one more than a count, noise; and an outcome.

use crate::random::Stream;

pub(crate) fn six_hundred(seed: u64) -> (Vec<[f64; 5]>, Vec<bool>) {
    let mut stream = Stream::new(seed);
    let (mut rows, mut outcome) = (Vec::new(), Vec::new());
    for _ in 0..600 {
        let (age, sex) = (stream.below(91), stream.below(2));
        let condition = stream.below(100) < age / 2;
        let count = if stream.below(3) == 0 { stream.below(6) } else { 0 };
        let noise = stream.below(2);
        let row = [age as f64 / 10.0, sex as f64, f64::from(u8::from(condition)), (count as f64).ln_1p(), noise as f64];
        let eta = -4.0 + 0.03 * age as f64 + 0.2 * row[1] + 0.8 * row[2] + 0.7 * row[3];
        outcome.push(stream.uniform() < 1.0 / (1.0 + (-eta).exp()));
        rows.push(row);
    }
    (rows, outcome)
}
