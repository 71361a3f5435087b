//! Cohorts: a named rule over the people of a place, counted in a blink, shown under disclosure control.
//!
//! The definition is the text of a rule. [`Tree`] takes it apart so that conditions can be added, changed and removed one by
//! one; [`Fields`] says what can be asked about and compiles the text; [`who`] finds the people in a [`PeopleTable`];
//! [`Register`] decides which set's figures may be shown; [`Profile`] and [`Comparison`] hold what may be seen of them.

mod bits;
mod column;
mod compare;
mod condition;
mod count;
mod fields;
mod profile;
mod register;
mod table;
mod tokens;
mod tree;

pub use bits::Bits;
pub use column::Packed;
pub use compare::{Comparison, Contrast, Overlap, compare};
pub use condition::{Condition, Test, tests_of};
pub use count::{by_person, who};
pub use fields::{Field, Fields, Kind, Topic, is_part};
pub use profile::{Line, Profile, Share, profile};
pub use register::{FEWEST, Figure, Register, Settled};
pub use table::PeopleTable;
pub use tree::{Join, MOST_CONDITIONS, Node, Step, Tree, parse_path, path_text};

/// Among whom a cohort is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Whom {
    /// Everyone the care model serves: the people of every other page.
    #[default]
    Served,
    /// Everyone any source knows, those who have died or are on no list here among them.
    Known,
}

impl Whom {
    /// The stable name: forms send it and the store keeps it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Known => "known",
        }
    }

    /// What a reader sees.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Served => "Everyone the care model serves",
            Self::Known => "Everyone any source knows, also those who died or are on no list here",
        }
    }

    /// The value with this name; the usual one for any other.
    pub fn from_name(name: &str) -> Self {
        if name == "known" { Self::Known } else { Self::Served }
    }
}
