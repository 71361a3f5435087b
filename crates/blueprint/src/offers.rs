//! Services, the teams that run them and the roles in the teams.

use crate::compile::Compiler;
use crate::document::Item;
use crate::fields::{Fields, Text};
use crate::model::{Role, Service, Team, TeamCover, ValueType};
use crate::words;

const SETTINGS: &[&str] = &["community", "home", "care_home", "hospital", "primary_care", "remote"];
const COVERS: &[&str] = &["practice", "locality", "place"];

impl Compiler<'_> {
    pub(crate) fn read_roles(&mut self, items: &[Item]) -> Vec<Role> {
        let mut roles = Vec::new();
        for item in items {
            let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a role");
            let (name, description) = (fields.words("name"), fields.words("description"));
            fields.finish();
            let name = if name.is_empty() { words::from_id(&item.id) } else { name };
            roles.push(Role { id: item.id.clone(), name, description });
        }
        roles
    }

    pub(crate) fn read_teams(&mut self, items: &[Item], roles: &[Item]) -> Vec<Team> {
        items.iter().filter_map(|item| self.read_team(item, roles)).collect()
    }

    fn read_team(&mut self, item: &Item, known_roles: &[Item]) -> Option<Team> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a team");
        let (name, kind) = (fields.words("name"), fields.needed("kind"));
        let covers = fields.word("covers", COVERS);
        let has_capacity = fields.entry("capacity").is_some();
        let capacity = fields.whole("capacity", 1);
        let roles = fields.texts("roles");
        if !has_capacity {
            fields.sink.error(&item.at, "a team needs `capacity`").labelled("how many people can one such team carry?");
        }
        fields.finish();
        for role in &roles {
            if known_roles.iter().all(|known| known.id != role.text) {
                let message = format!("there is no role `{}`", role.text);
                self.sink.error(&role.at, message).labelled("not known").nearest(&role.text, Self::ids(known_roles));
            }
        }
        Some(Team {
            id: item.id.clone(),
            name: if name.is_empty() { words::from_id(&item.id) } else { name },
            kind: kind?.text,
            covers: match covers? {
                "practice" => TeamCover::Practice,
                "locality" => TeamCover::Locality,
                _ => TeamCover::Place,
            },
            capacity: u32::try_from(capacity?).unwrap_or(u32::MAX),
            roles: roles.into_iter().map(|role| role.text).collect(),
        })
    }

    pub(crate) fn read_services(&mut self, items: &[Item], teams: &[Item]) -> Vec<Service> {
        items.iter().filter_map(|item| self.read_service(item, teams)).collect()
    }

    fn read_service(&mut self, item: &Item, teams: &[Item]) -> Option<Service> {
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "a service");
        let (name, description) = (fields.needed("name"), fields.words("description"));
        let setting = fields.word("setting", SETTINGS);
        let (team, eligible) = (fields.text("team"), fields.text("eligible"));
        let (rank_by, reasons) = (fields.texts("rank_by"), fields.texts("reason"));
        let review = fields.text("review_every");
        let answers = fields.answers();
        fields.finish();
        let team_place = team.as_ref().and_then(|team| {
            let place = teams.iter().position(|known| known.id == team.text);
            if place.is_none() {
                let message = format!("there is no team `{}`", team.text);
                self.sink.error(&team.at, message).labelled("not known").nearest(&team.text, Self::ids(teams));
            }
            place
        });
        if let (Some(team), None) = (&team, &eligible) {
            self.sink.error(&team.at, "a service with a team needs `eligible`").labelled("whom may the team see?");
        }
        let eligible_expr = eligible.as_ref().and_then(|text| self.truth(text));
        let rank_by: Vec<(usize, bool)> = rank_by.iter().filter_map(|text| self.rank(text)).collect();
        let reasons: Vec<usize> = reasons.iter().filter_map(|text| self.feature_named(text, &text.text)).collect();
        Some(Service {
            id: item.id.clone(),
            name: name?.text,
            description,
            setting: setting?.to_owned(),
            team: team_place,
            eligible: eligible_expr,
            eligible_text: eligible.map(|text| text.text).unwrap_or_default(),
            rank_by,
            reasons,
            review_every_days: review.and_then(|text| words::days(&mut self.sink, &text)),
            answers,
        })
    }

    /// Reads `hfrs desc`: the feature and whether the largest comes first, which it does where nothing is said.
    fn rank(&mut self, text: &Text) -> Option<(usize, bool)> {
        let (name, order) = text.text.trim().split_once(' ').unwrap_or((text.text.trim(), "desc"));
        let largest_first = match order.trim() {
            "desc" => true,
            "asc" => false,
            other => {
                let message = format!("`{other}` is not an order");
                self.sink
                    .error(&text.at, message)
                    .helped("write `desc` for the largest first or `asc` for the smallest first");
                return None;
            }
        };
        let feature = self.feature_named(text, name)?;
        if self.features[feature].value == ValueType::Choice {
            self.sink.error(&text.at, format!("`{name}` has words for values, which have no order"));
            return None;
        }
        Some((feature, largest_first))
    }

    /// Position of a feature named in a text, or a finding.
    fn feature_named(&mut self, text: &Text, name: &str) -> Option<usize> {
        if let Some(known) = self.names.known.get(name) {
            return Some(known.position);
        }
        if !self.names.broken.contains(name) {
            let valid = self.names.known.keys().map(String::as_str);
            let message = format!("there is no feature `{name}`");
            self.sink.error(&text.at, message).labelled("not known").nearest(name, valid);
        }
        None
    }
}
