//! A linked whole as bytes: a header with the version, columns, a check at the end.

use crate::bytes::{In, Out, StateError};
use crate::encoded::Tokens;
use crate::grow::Links;
use crate::held::Held;
use crate::label::Label;
use crate::model::Model;
use crate::people::People;
use crate::records::{Records, Row};
use crate::result::{Conflict, Edge, LinkOptions, Tier};
use crate::token::Token;
use crate::whole::Whole;
use std::io::{Read, Write};

/// The first bytes of a state; the number goes up with every change of what follows.
const HEADER: &[u8] = b"vanguard linkage state 2\n";

impl Whole {
    /// Writes the whole, its records, and what the caller wants beside them; returns `to`. The same whole gives the same bytes.
    pub fn write<W: Write>(&self, records: &Records, beside: &[Vec<u8>], to: W) -> Result<W, StateError> {
        if records.len() != self.len() {
            return Err(StateError::Meaning("the records are not those it was made of"));
        }
        let mut out = Out::new(to);
        out.bytes(HEADER)?;
        out.bytes(self.model.to_toml().as_bytes())?;
        let options = &self.options;
        out.numbers([options.threshold, options.keep, options.precision].map(|p| p.unwrap_or(f64::NAN)))?;
        out.bytes(&options.one_row_per_person)?;
        out.numbers(options.superseded.iter().flat_map(|(old, new)| [*old, *new]))?;
        out.numbers(options.labels.iter().flat_map(|label| [label.left, label.right, u32::from(label.is_match)]))?;
        write_held(&self.held, &mut out)?;
        write_records(records, &mut out)?;
        write_links(&self.links, &mut out)?;
        out.numbers(self.people.of.iter().copied())?;
        out.numbers([self.people.next])?;
        out.numbers([beside.len() as u64])?;
        for bytes in beside {
            out.bytes(bytes)?;
        }
        out.end()
    }

    /// Reads what [`Self::write`] wrote: the whole, its records, and what the caller wanted beside them.
    pub fn read<R: Read>(from: R) -> Result<(Self, Records, Vec<Vec<u8>>), StateError> {
        let mut from = In::new(from);
        if from.header(HEADER)? {
            return Err(StateError::Meaning(
                "it is of another version of the program, or no state at all; link the whole again",
            ));
        }
        let model =
            Model::parse(&from.text()?).map_err(|_| StateError::Meaning("it is damaged: its model cannot be read"))?;
        let [threshold, keep, precision] = exact(from.numbers::<f64>()?)?;
        let told = |p: f64| (!p.is_nan()).then_some(p);
        let one_row_per_person = from.bytes()?;
        let superseded = from.numbers::<u64>()?.chunks_exact(2).map(|two| (two[0], two[1])).collect();
        let label = |three: &[u32]| Label { left: three[0], right: three[1], is_match: three[2] != 0 };
        let labels = from.numbers::<u32>()?.chunks_exact(3).map(label).collect();
        let options = LinkOptions {
            threshold: told(threshold),
            keep: told(keep),
            one_row_per_person,
            superseded,
            labels,
            precision: told(precision),
        };
        let held = read_held(&mut from)?;
        let records = read_records(&mut from)?;
        let links = read_links(&mut from, records.len())?;
        let of = same_length(from.numbers::<u64>()?, records.len())?;
        let [next] = exact(from.numbers::<u64>()?)?;
        let [count] = exact(from.numbers::<u64>()?)?;
        let mut beside = Vec::new();
        for _ in 0..count {
            beside.push(from.bytes()?);
        }
        from.end()?;
        Ok((Self { model, options, held, links, people: People { of, next } }, records, beside))
    }
}

fn exact<T, const N: usize>(values: Vec<T>) -> Result<[T; N], StateError> {
    values.try_into().map_err(|_| StateError::Meaning("it is damaged: a column is too long or too short"))
}

fn same_length<T>(values: Vec<T>, length: usize) -> Result<Vec<T>, StateError> {
    if values.len() == length {
        return Ok(values);
    }
    Err(StateError::Meaning("it is damaged: a column is too long or too short"))
}

fn write_held<W: Write>(held: &Held, out: &mut Out<W>) -> Result<(), StateError> {
    for rarity in &held.rarity {
        out.numbers(rarity.iter().copied())?;
    }
    let mut births: Vec<(u32, f32)> = held.births.iter().map(|(birth, weight)| (*birth, *weight)).collect();
    births.sort_unstable_by_key(|(birth, _)| *birth);
    out.numbers(births.iter().map(|(birth, _)| *birth))?;
    out.numbers(births.iter().map(|(_, weight)| *weight))?;
    out.numbers([f64::from(held.other_birth), held.prior_bits])
}

fn read_held<R: Read>(from: &mut In<R>) -> Result<Held, StateError> {
    let mut held = Held::default();
    for rarity in &mut held.rarity {
        *rarity = from.numbers()?;
    }
    let births = from.numbers::<u32>()?;
    held.births = births.into_iter().zip(from.numbers::<f32>()?).collect();
    let [other, prior] = exact(from.numbers::<f64>()?)?;
    (held.other_birth, held.prior_bits) = (other as f32, prior);
    Ok(held)
}

fn write_records<W: Write>(records: &Records, out: &mut Out<W>) -> Result<(), StateError> {
    for dictionary in [&records.names, &records.postcodes, &records.addresses].into_iter().chain(&records.more_words) {
        out.dictionary(dictionary)?;
    }
    for column in &records.more {
        out.numbers(column.iter().copied())?;
    }
    let (columns, births, any) = records.tokens.parts();
    for column in columns {
        out.numbers(column.iter().copied())?;
    }
    out.numbers(births)?;
    out.numbers([u8::from(any)])?;
    let rows = &records.rows;
    out.numbers(rows.iter().map(|row| row.number))?;
    out.numbers(rows.iter().map(|row| row.content))?;
    for text in 0..4 {
        out.numbers(rows.iter().map(|row| row.texts[text]))?;
    }
    out.numbers(rows.iter().map(|row| row.middle))?;
    out.numbers(rows.iter().map(|row| row.birth))?;
    out.numbers(rows.iter().map(|row| row.sex))?;
    out.numbers(rows.iter().map(|row| row.source))
}

fn read_records<R: Read>(from: &mut In<R>) -> Result<Records, StateError> {
    let mut records = Records::new();
    records.names = from.dictionary()?;
    records.postcodes = from.dictionary()?;
    records.addresses = from.dictionary()?;
    for words in &mut records.more_words {
        *words = from.dictionary()?;
    }
    for column in &mut records.more {
        *column = from.numbers()?;
    }
    let mut columns = Vec::new();
    for _ in 0..Token::COUNT {
        columns.push(from.numbers::<u64>()?);
    }
    let births = from.numbers::<u64>()?;
    let [any] = exact(from.numbers::<u8>()?)?;
    records.tokens = Tokens::of_parts(exact(columns)?, &births, any != 0);
    let number = from.numbers::<u64>()?;
    let count = number.len();
    let content = same_length(from.numbers::<u64>()?, count)?;
    let mut texts = Vec::new();
    for _ in 0..5 {
        texts.push(same_length(from.numbers::<u32>()?, count)?);
    }
    let birth = same_length(from.numbers::<u32>()?, count)?;
    let sex = same_length(from.numbers::<u8>()?, count)?;
    let source = same_length(from.numbers::<u8>()?, count)?;
    let row = |at: usize| Row {
        number: number[at],
        content: content[at],
        texts: std::array::from_fn(|text| texts[text][at]),
        middle: texts[4][at],
        birth: birth[at],
        sex: sex[at],
        source: source[at],
    };
    records.rows = (0..count).map(row).collect();
    Ok(records)
}

fn write_links<W: Write>(links: &Links, out: &mut Out<W>) -> Result<(), StateError> {
    out.numbers(links.number_group.iter().copied())?;
    out.numbers(links.group.iter().copied())?;
    out.numbers(links.active.iter().map(|active| u8::from(*active)))?;
    out.numbers(links.passed_over.iter().copied())?;
    out.numbers(links.roots.iter().copied())?;
    for edges in [&links.number_edges, &links.label_edges, &links.tied_edges, &links.tier_edges, &links.edges] {
        out.numbers(edges.iter().map(|edge| edge.left))?;
        out.numbers(edges.iter().map(|edge| edge.right))?;
        out.numbers(edges.iter().map(|edge| edge.weight_bits_hundredths))?;
        out.numbers(edges.iter().map(|edge| edge.probability))?;
    }
    for edges in [&links.tied_edges, &links.tier_edges] {
        out.numbers(edges.iter().map(|edge| if let Tier::Rule(tier) = edge.tier { u32::from(tier) + 1 } else { 0 }))?;
    }
    out.numbers(links.conflicts.iter().map(|conflict| conflict.number))?;
    out.numbers(links.conflicts.iter().map(|conflict| conflict.left))?;
    out.numbers(links.conflicts.iter().map(|conflict| conflict.right))?;
    out.numbers(links.conflicts.iter().map(|conflict| u8::from(conflict.same_family)))
}

fn read_links<R: Read>(from: &mut In<R>, count: usize) -> Result<Links, StateError> {
    let number_group = same_length(from.numbers::<u32>()?, count)?;
    let group = same_length(from.numbers::<u32>()?, count)?;
    let active = same_length(from.numbers::<u8>()?, count)?.into_iter().map(|active| active != 0).collect();
    let passed_over = from.numbers::<u32>()?;
    let passed_over = if passed_over.is_empty() { passed_over } else { same_length(passed_over, count)? };
    let roots = same_length(from.numbers::<u32>()?, count)?;
    if (0_u32..).zip(&roots).any(|(record, root)| *root > record) {
        return Err(StateError::Meaning("it is damaged: a cluster is not named after its smallest record"));
    }
    let mut edges = [const { Vec::new() }; 5];
    for (edges, tier) in edges.iter_mut().zip([Tier::Number, Tier::Clerical, Tier::Weight, Tier::Weight, Tier::Weight])
    {
        let left = from.numbers::<u32>()?;
        let right = same_length(from.numbers::<u32>()?, left.len())?;
        let bits = same_length(from.numbers::<i32>()?, left.len())?;
        let probability = same_length(from.numbers::<f32>()?, left.len())?;
        if left.iter().zip(&right).any(|(left, right)| left >= right || *right as usize >= count) {
            return Err(StateError::Meaning("it is damaged: an edge leads nowhere"));
        }
        let edge = |at: usize| Edge {
            left: left[at],
            right: right[at],
            weight_bits_hundredths: bits[at],
            probability: probability[at],
            tier,
        };
        *edges = (0..left.len()).map(edge).collect();
    }
    for edges in &mut edges[2..4] {
        let tiers = same_length(from.numbers::<u32>()?, edges.len())?;
        for (edge, tier) in edges.iter_mut().zip(tiers).filter(|(_, tier)| *tier > 0) {
            edge.tier = Tier::Rule(
                u8::try_from(tier - 1).map_err(|_| StateError::Meaning("it is damaged: an edge is of no tier"))?,
            );
        }
    }
    let number = from.numbers::<u64>()?;
    let left = same_length(from.numbers::<u32>()?, number.len())?;
    let right = same_length(from.numbers::<u32>()?, number.len())?;
    let family = same_length(from.numbers::<u8>()?, number.len())?;
    if left.iter().chain(&right).any(|record| *record as usize >= count) {
        return Err(StateError::Meaning("it is damaged: a conflict is about nobody"));
    }
    let conflict =
        |at: usize| Conflict { number: number[at], left: left[at], right: right[at], same_family: family[at] != 0 };
    let conflicts = (0..number.len()).map(conflict).collect();
    let [number_edges, label_edges, tied_edges, tier_edges, edges] = edges;
    Ok(Links {
        number_group,
        group,
        active,
        number_edges,
        label_edges,
        tied_edges,
        tier_edges,
        edges,
        conflicts,
        // Worked out anew with every addition.
        refused_labels: Vec::new(),
        passed_over,
        roots,
    })
}
