//! Files that a new place starts from.

use crate::show::toml_text;
use crate::{OnlyBuiltin, builtin, builtin_ids, compile};

/// A starting blueprint for a place: it extends a built-in model, and shows as comments what a place most often changes.
/// `None` where there is no such model.
pub fn new_for_place(model: &str, place_name: &str) -> Option<String> {
    let model = builtin_ids().into_iter().find(|id| *id == model)?;
    let compiled = compile(&format!("{model}.toml"), builtin(model)?, &OnlyBuiltin).0?;
    let name = toml_text(&format!("{}: {}", one_line(place_name), compiled.name));
    let element = if matches!(model, "mcp" | "pacs" | "pch") {
        "# Care homes can be an element of this model:\n# compose = [\"ehch\"]\n"
    } else {
        ""
    };
    let team = compiled.teams.first().map_or_else(String::new, |team| {
        format!("# How many people one team can carry here:\n# [team.{}]\n# capacity = {}\n\n", team.id, team.capacity)
    });
    let service = compiled.services.iter().find(|s| s.eligible.is_some()).map_or_else(String::new, |service| {
        let rule = toml_text(&service.eligible_text.replace('\n', " "));
        format!("# Who may have a service:\n# [service.{}]\n# eligible = {rule}\n\n", service.id)
    });
    let last = compiled.segments.last().map_or("healthy", |segment| segment.id.as_str());
    Some(format!(
        "# The care model of {place}. It takes in everything of the model it extends; write here only what differs.\n\
         # `vanguard blueprint show` prints the whole, with the origin of each line.\n\
         extends = \"{model}\"\n\
         {element}\
         # What this place leaves out:\n\
         # remove = [\"service.identifier\"]\n\n\
         [model]\n\
         id = \"{id}\"\n\
         name = {name}\n\
         version = \"0.1.0\"\n\n\
         # Localities and their practices stand in place.toml:\n\
         # [[locality]]\n\
         # id = \"north\"\n\
         # name = \"North\"\n\
         # practices = [\"A00001\", \"A00002\"]\n\
         # served_from = \"2017-04-01\"\n\n\
         {team}{service}\
         # A group of people of your own, before another in the order:\n\
         # [[segment]]\n\
         # id = \"housebound\"\n\
         # name = \"Housebound\"\n\
         # rule = \"housebound\"\n\
         # before = \"{last}\"\n",
        place = one_line(place_name),
        id = identifier(place_name, model),
    ))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `Fylde Coast` and `mcp` as `fylde_coast_mcp`.
fn identifier(place_name: &str, model: &str) -> String {
    let letters = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let plain: String = place_name.chars().map(letters).collect();
    let mut parts: Vec<&str> = plain.split_whitespace().collect();
    if parts.first().is_none_or(|first| first.starts_with(|c: char| c.is_ascii_digit())) {
        parts.insert(0, "place");
    }
    parts.push(model);
    parts.join("_")
}
