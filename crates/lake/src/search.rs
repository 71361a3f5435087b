//! Finding a person by who they are, for the people who may.

use nhs::NhsNumber;

/// How a person is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityQuery {
    /// By NHS number.
    NhsNumber(NhsNumber),
    /// By words, each of which must begin a word of the family or the given name; case does not matter.
    Name(Vec<String>),
    /// By a postcode or its beginning; case and spaces do not matter.
    Postcode(String),
}
