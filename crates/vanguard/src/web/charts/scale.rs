//! From values to places on the page, with round numbers on the axis.

use super::num::{Num, short};

/// The smallest step between ticks; anything finer is drawn as one value.
const FINEST: f64 = 1e-9;

/// A straight scale whose ends are round numbers.
#[derive(Debug, Clone)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    step: f64,
}

impl Scale {
    /// A scale holding all `values`, from the place `from` to the place `to`, with about `ticks` ticks 1, 2 or 5 times
    /// a power of ten apart. With `zero`, it includes zero. Without values it runs from 0 to 1.
    pub fn new(values: impl IntoIterator<Item = Num>, zero: bool, from: f64, to: f64, ticks: u8) -> Self {
        let mut ends = if zero { Some((0.0, 0.0)) } else { None };
        for value in values.into_iter().map(Num::get) {
            let (low, high) = ends.unwrap_or((value, value));
            ends = Some((f64::min(low, value), f64::max(high, value)));
        }
        let (mut low, mut high) = ends.unwrap_or((0.0, 1.0));
        let finest = f64::max(FINEST, f64::max(low.abs(), high.abs()) * 1e-12);
        if high - low < finest {
            let room = if low == 0.0 && high == 0.0 { 1.0 } else { f64::max(low.abs() * 0.1, finest * 10.0) };
            high += room;
            if !zero {
                low -= room;
            }
        }
        let step = f64::max(nice((high - low) / f64::from(ticks.max(1))), finest);
        low = (low / step).floor() * step;
        high = (high / step).ceil() * step;
        Self { low, high, from, to, step }
    }

    /// The same scale between two other places.
    #[must_use]
    pub fn between(&self, from: f64, to: f64) -> Self {
        Self { from, to, ..self.clone() }
    }

    /// The place of a value; what lies outside stays at the end.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// The ticks: value, place, label.
    pub fn ticks(&self) -> Vec<(f64, f64, String)> {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 9.0) as usize;
        let steps = ((self.high - self.low) / self.step).round().clamp(1.0, 50.0) as u32;
        (0..=steps)
            .map(|index| {
                let value = self.low + self.step * f64::from(index);
                let value = if value.abs() < self.step * 1e-6 { 0.0 } else { value };
                (value, self.at(value), short(value, decimals))
            })
            .collect()
    }
}

/// The next of 1, 2 and 5 times a power of ten.
fn nice(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let lead = raw / power;
    let round = if lead <= 1.0 {
        1.0
    } else if lead <= 2.0 {
        2.0
    } else if lead <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let values = [3.0, 97.0].map(|value| Num::new(value).unwrap());
        let scale = Scale::new(values, true, 0.0, 100.0, 5);
        let labels: Vec<String> = scale.ticks().into_iter().map(|(_, _, label)| label).collect();
        assert_eq!(labels, ["0", "20", "40", "60", "80", "100"]);
        let values = [1.02, 1.11].map(|value| Num::new(value).unwrap());
        let labels: Vec<String> =
            Scale::new(values, false, 0.0, 1.0, 5).ticks().into_iter().map(|tick| tick.2).collect();
        assert_eq!(labels, ["1.02", "1.04", "1.06", "1.08", "1.10", "1.12"]);
    }

    #[test]
    fn one_value_has_room_around_it() {
        let scale = Scale::new([Num::from(50)], false, 0.0, 100.0, 5);
        assert!((scale.at(50.0) - 50.0).abs() < 15.0);
        assert!(scale.ticks().len() > 2);
    }

    proptest::proptest! {
        #[test]
        fn every_place_is_inside(values in proptest::collection::vec(-1e15f64..1e15, 0..9), zero: bool, tiny in 1e-300f64..1.0) {
            for factor in [1.0, 1e-10, tiny] {
                let numbers: Vec<Num> = values.iter().filter_map(|value| Num::new(value * factor)).collect();
                let scale = Scale::new(numbers.iter().copied(), zero, 300.0, 20.0, 5);
                for number in numbers {
                    proptest::prop_assert!((20.0..=300.0).contains(&scale.at(number.get())));
                }
                let ticks = scale.ticks();
                proptest::prop_assert!(ticks.len() >= 2 && ticks.len() <= 14, "{} ticks", ticks.len());
                proptest::prop_assert!(ticks.windows(2).all(|pair| pair[0].1 > pair[1].1));
            }
        }
    }
}
