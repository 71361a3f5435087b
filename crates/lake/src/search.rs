//! Finding a person by who they are, for the people who may.

use crate::format::event::whole;
use crate::format::identity;
use crate::format::reader::ParquetIn;
use crate::{LakeError, Snapshot};
use nhs::NhsNumber;
use rayon::prelude::*;

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

impl IdentityQuery {
    /// What a person typed into a search box: an NHS number in any spacing, something with a digit as a postcode,
    /// anything else as names. `None` where there is nothing to look for.
    pub fn from_text(text: &str) -> Option<Self> {
        if let Ok(number) = NhsNumber::parse(text.trim()) {
            return Some(Self::NhsNumber(number));
        }
        if text.chars().any(|c| c.is_ascii_digit()) {
            return Some(Self::Postcode(text.trim().to_owned()));
        }
        let words: Vec<String> = words(text).collect();
        if words.is_empty() { None } else { Some(Self::Name(words)) }
    }
}

impl Snapshot {
    /// The numbers of the people who fit, in ascending order, at most `limit`.
    pub fn find_identity(&self, query: &IdentityQuery, limit: usize) -> Result<Vec<u32>, LakeError> {
        let mut found = Vec::new();
        // A few buckets at a time, so that a common name does not cost a look at everybody.
        let buckets: Vec<u32> = (0..self.manifest().buckets.len() as u32).collect();
        for part in buckets.chunks(2 * rayon::current_num_threads().max(1)) {
            if found.len() >= limit {
                break;
            }
            let fits: Result<Vec<_>, LakeError> = part.par_iter().map(|&bucket| self.find_in(bucket, query)).collect();
            found.extend(fits?.into_iter().flatten());
        }
        found.truncate(limit);
        Ok(found)
    }

    fn find_in(&self, bucket: u32, query: &IdentityQuery) -> Result<Vec<u32>, LakeError> {
        let (file, people) = self.people_file("identity", bucket)?;
        if people == 0 {
            return Ok(Vec::new());
        }
        let mut fits = match query {
            IdentityQuery::NhsNumber(number) => numbers(&file, people, *number)?,
            IdentityQuery::Name(query) => names(&file, people, query)?,
            IdentityQuery::Postcode(query) => postcodes(&file, people, query)?,
        };
        let first = self.manifest().buckets.get(bucket as usize).map_or(0, |b| b.first_person);
        for position in &mut fits {
            *position += first;
        }
        Ok(fits)
    }
}

fn numbers(file: &ParquetIn, people: usize, number: NhsNumber) -> Result<Vec<u32>, LakeError> {
    let numbers = identity::nhs_numbers(file, &[whole(people)])?;
    Ok((0..).zip(numbers).filter(|&(_, found)| found == number.value()).map(|(position, _)| position).collect())
}

fn postcodes(file: &ParquetIn, people: usize, query: &str) -> Result<Vec<u32>, LakeError> {
    let wanted = compact(query);
    let (mut position, mut found) = (0, Vec::new());
    if wanted.is_empty() {
        return Ok(found);
    }
    file.texts(0, "postcode", &[whole(people)], |postcode| {
        if postcode.is_some_and(|p| compact(p).starts_with(&wanted)) {
            found.push(position);
        }
        position += 1;
        Ok(())
    })?;
    Ok(found)
}

fn names(file: &ParquetIn, people: usize, query: &[String]) -> Result<Vec<u32>, LakeError> {
    let wanted: Vec<String> = query.iter().flat_map(|q| words(q)).collect();
    if wanted.is_empty() || wanted.len() > 32 {
        return Ok(Vec::new());
    }
    // One bit for each word of the query that begins a word of either name.
    let all = u32::MAX >> (32 - wanted.len());
    let mut met = vec![0u32; people];
    for column in ["family_name", "given_name"] {
        let mut next = met.iter_mut();
        file.texts(0, column, &[whole(people)], |name| {
            if let (Some(bits), Some(name)) = (next.next(), name) {
                *bits |= begun(name, &wanted);
            }
            Ok(())
        })?;
    }
    Ok((0..).zip(met).filter(|&(_, bits)| bits == all).map(|(position, _)| position).collect())
}

/// One bit for each wanted word that begins a word of this name. Nothing is allocated: it runs over everybody.
fn begun(name: &str, wanted: &[String]) -> u32 {
    let mut bits = 0;
    for word in pieces(name) {
        for (bit, start) in wanted.iter().enumerate() {
            let mut letters = folded(word);
            bits |= u32::from(start.chars().all(|c| letters.next() == Some(c))) << bit;
        }
    }
    bits
}

/// The words of a name in lower case, without apostrophes and the like: `O'Neill-Smith` is `oneill` and `smith`.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    pieces(text).map(|piece| folded(piece).collect::<String>()).filter(|word| !word.is_empty())
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | ',' | '.'))
}

fn folded(piece: &str) -> impl Iterator<Item = char> + '_ {
    piece.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}
