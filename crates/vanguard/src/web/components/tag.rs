//! Tag: a status in a word or two. The words carry the meaning; the colour only helps.

use maud::{Markup, html};

/// The colour of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the colours")]
pub enum TagColour {
    Default,
    White,
    Grey,
    Green,
    AquaGreen,
    Blue,
    Purple,
    Pink,
    Red,
    Orange,
    Yellow,
}

impl TagColour {
    fn class(self) -> &'static str {
        match self {
            Self::Default => "nhsuk-tag",
            Self::White => "nhsuk-tag nhsuk-tag--white",
            Self::Grey => "nhsuk-tag nhsuk-tag--grey",
            Self::Green => "nhsuk-tag nhsuk-tag--green",
            Self::AquaGreen => "nhsuk-tag nhsuk-tag--aqua-green",
            Self::Blue => "nhsuk-tag nhsuk-tag--blue",
            Self::Purple => "nhsuk-tag nhsuk-tag--purple",
            Self::Pink => "nhsuk-tag nhsuk-tag--pink",
            Self::Red => "nhsuk-tag nhsuk-tag--red",
            Self::Orange => "nhsuk-tag nhsuk-tag--orange",
            Self::Yellow => "nhsuk-tag nhsuk-tag--yellow",
        }
    }
}

/// A status.
pub fn tag(text: &str, colour: TagColour) -> Markup {
    html! { strong class=(colour.class()) { (text) } }
}
