//! People with their names, for those who may see them.

use crate::{Care, CareError};
use lake::{IdentityQuery, IdentityRow};
use nhs::{Day, LondonInstant, NhsNumber};
use store::{Access, Action, PersonPlace};

/// A person who may be shown by name, the look written down.
#[derive(Debug, Clone)]
pub struct NamedPerson {
    /// Position in the snapshot.
    pub person: u32,
    /// Who it is.
    pub identity: IdentityRow,
    /// Date of birth, which tells people of one name apart.
    pub birth: Option<Day>,
}

impl NamedPerson {
    /// As lists show it: `SMITH, Anna`.
    pub fn name(&self) -> String {
        name(&self.identity)
    }
}

/// A name as lists show it: `SMITH, Anna`; "Name not known" where no source gives one.
pub fn name(identity: &IdentityRow) -> String {
    match (identity.family_name.as_str(), identity.given_name.as_str()) {
        ("", "") => "Name not known".to_owned(),
        (family, "") => family.to_uppercase(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{}, {given}", family.to_uppercase()),
    }
}

impl Care<'_> {
    /// Names of people whom the reader is about to be shown. Those who may not be seen are left out; every name given is
    /// an audit row.
    pub async fn names(
        &self,
        access: &Access,
        people: &[u32],
        action: Action,
        now: LondonInstant,
    ) -> Result<Vec<NamedPerson>, CareError> {
        access.may_see_names()?;
        let allowed: Vec<(u32, PersonPlace)> = people
            .iter()
            .filter_map(|&person| Some((person, self.place_of(person)?)))
            .filter(|(_, place)| access.may_see_person(place.practice, place.locality).is_ok())
            .collect();
        let places: Vec<PersonPlace> = allowed.iter().map(|(_, place)| *place).collect();
        self.store.look_at_all(access, &places, action, now).await?;
        let numbers: Vec<u32> = allowed.iter().map(|(person, _)| *person).collect();
        let identities = self.snapshot.identities(&numbers)?;
        let births = self.snapshot.person_rows(&numbers)?.into_iter().map(|row| row.birth);
        let named = numbers.into_iter().zip(identities).zip(births);
        Ok(named.map(|((person, identity), birth)| NamedPerson { person, identity, birth }).collect())
    }

    /// People found by NHS number, postcode or the beginnings of names, among those the reader may see.
    pub async fn search(
        &self,
        access: &Access,
        text: &str,
        limit: usize,
        now: LondonInstant,
    ) -> Result<Vec<NamedPerson>, CareError> {
        access.may_see_names()?;
        let Some(query) = query(text) else { return Ok(Vec::new()) };
        // Some of those found may belong to others, so more are asked for than are shown.
        let found = self.snapshot.find_identity(&query, limit.saturating_mul(20))?;
        let own: Vec<u32> = found
            .into_iter()
            .filter(|&person| {
                self.place_of(person).is_some_and(|place| access.may_see_person(place.practice, place.locality).is_ok())
            })
            .take(limit)
            .collect();
        self.names(access, &own, Action::FindInSearch, now).await
    }
}

/// What a text in the search box means; `None` where it says too little to search by.
fn query(text: &str) -> Option<IdentityQuery> {
    let text = text.trim();
    if let Ok(number) = NhsNumber::parse(text) {
        return Some(IdentityQuery::NhsNumber(number));
    }
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    if has_digit {
        return (text.len() >= 2).then(|| IdentityQuery::Postcode(text.to_owned()));
    }
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.iter().any(|word| word.chars().count() >= 2).then_some(IdentityQuery::Name(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_search_means() {
        assert!(matches!(query(" 943 476 5919 "), Some(IdentityQuery::NhsNumber(_))));
        assert!(matches!(query("ts18 1"), Some(IdentityQuery::Postcode(_))));
        assert_eq!(query("smith, an"), Some(IdentityQuery::Name(vec!["smith".into(), "an".into()])));
        assert_eq!(query("s"), None);
        assert_eq!(query("  "), None);
    }

    #[test]
    fn names_as_lists_show_them() {
        let identity = |family: &str, given: &str| IdentityRow {
            family_name: family.into(),
            given_name: given.into(),
            ..IdentityRow::default()
        };
        assert_eq!(name(&identity("Smith", "Anna")), "SMITH, Anna");
        assert_eq!(name(&identity("", "")), "Name not known");
        assert_eq!(name(&identity("Smith", "")), "SMITH");
    }
}
