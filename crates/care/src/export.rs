//! A caseload as a file, for the team that carries it. What leaves is in the audit, with the hash of the file.

use crate::{Care, CareError, Caseload, Cover};
use nhs::LondonInstant;
use std::fmt::Write as _;
use store::{Access, Action, Export, Refused, Scope};

/// Columns of the file, in their order.
pub const COLUMNS: [&str; 10] =
    ["rank", "place", "person_id", "nhs_number", "family_name", "given_name", "age", "postcode", "practice", "reasons"];

impl Care<'_> {
    /// Whether somebody works for the people a team covers.
    pub fn may_see_caseload(&self, access: &Access, cover: Cover) -> Result<(), Refused> {
        access.may_see_names()?;
        let (practice, locality) = match cover {
            Cover::Practice(p) => {
                let practice = self.summary.practices.get(usize::from(p));
                let locality = practice.and_then(|p| self.summary.localities.get(usize::from(p.locality)));
                (practice.and_then(|p| nhs::OdsCode::parse(&p.code).ok()), locality.map(|l| l.id.as_str()))
            }
            Cover::Locality(l) => (None, self.summary.localities.get(usize::from(l)).map(|l| l.id.as_str())),
            // A team for the whole place is open to direct care; single people on it are still checked one by one.
            Cover::Place => return Ok(()),
        };
        match access.scope() {
            // A practice sees its own people on the list of its locality's team.
            Scope::Practices(_) if practice.is_none() => Ok(()),
            _ => access.may_see_person(practice, locality),
        }
    }

    /// A team's list as a file in comma-separated values. Only people the reader may see are in it.
    pub async fn export_caseload(
        &self,
        access: &Access,
        service: &str,
        cover: Cover,
        now: LondonInstant,
    ) -> Result<Vec<u8>, CareError> {
        self.may_see_caseload(access, cover)?;
        let list = self.caseloads.find(self.blueprint, service, cover).ok_or(CareError::NoSuchCaseload)?;
        let people = self.names(access, &list.ranked, Action::SeeInCaseload, now).await?;
        let file = self.file(list, &people).into_bytes();
        let ids: Vec<u64> = people.iter().map(|p| p.identity.id).collect();
        let export = Export { service, team: crate::cover_id(cover, self.summary), people: &ids, file: &file };
        self.store.audit_export(access, &export, now).await?;
        Ok(file)
    }

    fn file(&self, list: &Caseload, people: &[crate::NamedPerson]) -> String {
        let rank_of: std::collections::HashMap<u32, usize> =
            list.ranked.iter().enumerate().map(|(at, &person)| (person, at)).collect();
        let mut text = format!("{}\n", COLUMNS.join(","));
        for person in people {
            let at = rank_of.get(&person.person).copied().unwrap_or_default();
            let position = person.person as usize;
            let practice = self.summary.practices.get(usize::from(self.people.practice[position]));
            let identity = &person.identity;
            let fields = [
                (at + 1).to_string(),
                if at < list.on().len() { "on the caseload" } else { "waiting" }.to_owned(),
                identity.id.to_string(),
                identity.nhs_number.map(|n| n.to_string()).unwrap_or_default(),
                identity.family_name.clone(),
                identity.given_name.clone(),
                match self.people.age[position] {
                    age if age < 0 => String::new(),
                    age => age.to_string(),
                },
                identity.postcode.clone(),
                practice.map(|p| p.code.clone()).unwrap_or_default(),
                list.reasons(self.blueprint, self.people, person.person).join("; "),
            ];
            let line: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", line.join(","));
        }
        text
    }
}

/// A field as CSV. A value that a spreadsheet would take for a formula gets an apostrophe before it.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t']);
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_safe_in_a_spreadsheet() {
        assert_eq!(quoted("O'Brien"), "O'Brien");
        assert_eq!(quoted("a,b \"c\""), "\"a,b \"\"c\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
    }
}
