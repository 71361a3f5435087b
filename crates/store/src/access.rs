//! Who is asking, in what role, for which organisation and why, and what that lets them see.

use nhs::OdsCode;
use std::collections::BTreeSet;
use std::fmt;

/// Declares an enumeration with the name that is stored and sent, and the label that people read.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $label] $variant,)+ }

        impl $name {
            /// Every value, in the order in which people are offered them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name: forms send it and the audit keeps it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What a reader of a page sees.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The value with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.label()) }
        }
    };
}
pub(crate) use named;

named! {
    /// What a person does in the programme. Care coordinators and GPs give direct care; data quality officers check whether records are
    /// linked rightly; the others work with figures.
    Role {
        Analyst = "analyst", "Analyst";
        CareCoordinator = "care_coordinator", "Care coordinator";
        Gp = "gp", "GP";
        SiteLead = "site_lead", "Site lead";
        Evaluator = "evaluator", "Evaluator";
        DataQuality = "data_quality", "Data quality officer";
    }
}

impl Role {
    /// Whether people in this role look after patients and so may see who they are.
    pub const fn gives_direct_care(self) -> bool {
        matches!(self, Self::CareCoordinator | Self::Gp)
    }

    /// Whether people in this role compare doubtful pairs of records, names and all, and decide whether they are one person.
    pub const fn reviews_linkage(self) -> bool {
        matches!(self, Self::DataQuality)
    }

    /// The purpose for which this role usually asks.
    pub const fn usual_purpose(self) -> Purpose {
        match self {
            Self::CareCoordinator | Self::Gp => Purpose::DirectCare,
            Self::Analyst | Self::SiteLead => Purpose::Planning,
            Self::Evaluator => Purpose::Evaluation,
            Self::DataQuality => Purpose::Linkage,
        }
    }
}

named! {
    /// Why someone asks.
    Purpose {
        DirectCare = "direct_care", "Direct care";
        Planning = "planning", "Planning";
        Evaluation = "evaluation", "Evaluation";
        Operation = "operation", "Running the system";
        Linkage = "linkage", "Linking records rightly";
    }
}

/// For whom someone works. An empty set reaches nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Figures about the place, and no single person.
    Figures,
    /// People registered with these practices.
    Practices(BTreeSet<OdsCode>),
    /// People of these localities, by the locality's id in the place.
    Localities(BTreeSet<String>),
}

/// The context that comes first in everything that touches a person's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    who: String,
    role: Role,
    organisation: String,
    purpose: Purpose,
    scope: Scope,
}

/// A person and where they belong, as far as access depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonPlace<'a> {
    /// The stable identifier of the person.
    pub id: u64,
    /// The practice of registration; `None` for people on no list.
    pub practice: Option<OdsCode>,
    /// The id of the locality; `None` where it is not known.
    pub locality: Option<&'a str>,
}

/// Why something is not shown: one sentence for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);

impl Refused {
    /// The sentence, with a capital and a full stop.
    pub fn reason(&self) -> &str {
        &self.0
    }
}

impl Access {
    /// The context of one request: who asks, in what role, for which organisation, why, and for whom they work.
    pub fn new(
        who: impl Into<String>,
        role: Role,
        organisation: impl Into<String>,
        purpose: Purpose,
        scope: Scope,
    ) -> Self {
        Self { who: who.into(), role, organisation: organisation.into(), purpose, scope }
    }

    /// The user, as the audit names them.
    pub fn who(&self) -> &str {
        &self.who
    }

    /// What they do.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The organisation they work for.
    pub fn organisation(&self) -> &str {
        &self.organisation
    }

    /// Why they ask.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// For whom they work.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether this person's record may be opened: direct care only, and only people of one's own practices or localities.
    pub fn may_see_person(&self, practice: Option<OdsCode>, locality: Option<&str>) -> Result<(), Refused> {
        self.may_see_names()?;
        match &self.scope {
            Scope::Figures => Err(Refused("You work with figures about the place, not with single people.".into())),
            Scope::Practices(own) => match practice {
                Some(code) if own.contains(&code) => Ok(()),
                Some(_) => Err(Refused("This person is registered with a practice you do not work for.".into())),
                None => Err(Refused("This person is not registered with a practice you work for.".into())),
            },
            Scope::Localities(own) => match locality {
                Some(id) if own.contains(id) => Ok(()),
                Some(_) => Err(Refused("This person belongs to a locality you do not work for.".into())),
                None => Err(Refused("This person does not belong to a locality you work for.".into())),
            },
        }
    }

    /// Whether names, NHS numbers, dates of birth and addresses may be shown at all: to a direct-care role, for direct care.
    pub fn may_see_names(&self) -> Result<(), Refused> {
        if !self.role.gives_direct_care() {
            return Err(Refused(format!(
                "The role {} sees figures, not people; a care coordinator or GP may open a record.",
                self.role.label()
            )));
        }
        if self.purpose != Purpose::DirectCare {
            return Err(Refused(format!(
                "Names are shown for direct care only; the purpose given is: {}.",
                self.purpose.label()
            )));
        }
        Ok(())
    }

    /// Whether a list of people without their names may leave, for this reason: to those who plan or evaluate, and in words
    /// that say something. A reason of a word or two says nothing to whoever reads the audit.
    pub fn may_export_pseudonyms(&self, reason: &str) -> Result<(), Refused> {
        if self.role.gives_direct_care() {
            return Err(Refused(
                "Lists without names are for planning and evaluation; your role works with names.".into(),
            ));
        }
        if !matches!(self.purpose, Purpose::Planning | Purpose::Evaluation) {
            return Err(Refused(format!(
                "Lists of people are made for planning and evaluation; the purpose given is: {}.",
                self.purpose.label()
            )));
        }
        says_why(reason)
    }

    /// Whether names of one's own people may leave in a list, for this reason.
    pub fn may_export_names(&self, reason: &str) -> Result<(), Refused> {
        self.may_see_names()?;
        says_why(reason)
    }

    /// Whether small counts may be shown as they are. Those who may see the people may count them; everyone else gets
    /// figures after disclosure control.
    pub fn may_see_exact_counts(&self) -> Result<(), Refused> {
        self.may_see_names().map_err(|_| {
            Refused(format!("The role {} sees figures in which small numbers are hidden.", self.role.label()))
        })
    }
}

/// Shortest and longest reason, in characters.
const REASON: std::ops::RangeInclusive<usize> = 12..=500;

fn says_why(reason: &str) -> Result<(), Refused> {
    if REASON.contains(&reason.trim().chars().count()) {
        return Ok(());
    }
    Err(Refused(format!(
        "Say why you need the list in {} to {} characters; whoever reads the audit sees it.",
        REASON.start(),
        REASON.end()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn practice(code: &str) -> OdsCode {
        OdsCode::parse(code).unwrap()
    }

    fn access(role: Role, purpose: Purpose, scope: Scope) -> Access {
        Access::new("a.user", role, "Test place", purpose, scope)
    }

    #[test]
    fn only_direct_care_for_ones_own_people() {
        let own = Scope::Practices([practice("A81001")].into());
        let localities = Scope::Localities(["north".to_owned()].into());
        // role, purpose, scope; then: names?, own person?, other practice and locality?, person on no list?
        let table = [
            (Role::Gp, Purpose::DirectCare, own.clone(), true, true, false, false),
            (Role::CareCoordinator, Purpose::DirectCare, localities.clone(), true, true, false, false),
            (Role::Gp, Purpose::DirectCare, Scope::Figures, true, false, false, false),
            (Role::Gp, Purpose::DirectCare, Scope::Practices(BTreeSet::new()), true, false, false, false),
            (Role::Gp, Purpose::Planning, own.clone(), false, false, false, false),
            (Role::Analyst, Purpose::DirectCare, own.clone(), false, false, false, false),
            (Role::SiteLead, Purpose::Planning, localities.clone(), false, false, false, false),
            (Role::Evaluator, Purpose::Evaluation, own, false, false, false, false),
        ];
        for (role, purpose, scope, names, own_person, other, unlisted) in table {
            let access = access(role, purpose, scope);
            assert_eq!(access.may_see_names().is_ok(), names, "{access:?}");
            assert_eq!(access.may_see_exact_counts().is_ok(), names, "{access:?}");
            let may = |code: Option<&str>, locality| access.may_see_person(code.map(practice), locality).is_ok();
            assert_eq!(may(Some("A81001"), Some("north")), own_person, "{access:?}");
            assert_eq!(may(Some("A81002"), Some("south")), other, "{access:?}");
            assert_eq!(may(None, None), unlisted, "{access:?}");
        }
    }

    #[test]
    fn lists_without_names_need_a_reason_that_says_something() {
        let why = "Letter to offer the falls clinic";
        for (role, purpose, lists, names) in [
            (Role::Analyst, Purpose::Planning, true, false),
            (Role::Evaluator, Purpose::Evaluation, true, false),
            (Role::Analyst, Purpose::DirectCare, false, false),
            (Role::Gp, Purpose::DirectCare, false, true),
            (Role::Gp, Purpose::Planning, false, false),
        ] {
            let access = access(role, purpose, Scope::Figures);
            assert_eq!(access.may_export_pseudonyms(why).is_ok(), lists, "{role} {purpose}");
            assert_eq!(access.may_export_names(why).is_ok(), names, "{role} {purpose}");
            for poor in ["", "because", "           x ", &"x".repeat(501)] {
                assert!(access.may_export_pseudonyms(poor).is_err() && access.may_export_names(poor).is_err());
            }
        }
    }

    #[test]
    fn every_reason_is_a_sentence() {
        for &role in Role::ALL {
            for &purpose in Purpose::ALL {
                for scope in [Scope::Figures, Scope::Practices(BTreeSet::new()), Scope::Localities(BTreeSet::new())] {
                    let access = access(role, purpose, scope);
                    for refused in [
                        access.may_see_person(None, None),
                        access.may_see_person(Some(practice("A81001")), Some("north")),
                        access.may_see_names(),
                        access.may_see_exact_counts(),
                    ]
                    .into_iter()
                    .filter_map(Result::err)
                    {
                        let reason = refused.reason();
                        assert!(reason.starts_with(char::is_uppercase) && reason.ends_with('.'), "{reason}");
                    }
                }
            }
        }
    }

    #[test]
    fn names_round_trip_and_every_role_has_a_purpose_that_fits() {
        for &role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(role.usual_purpose() == Purpose::DirectCare, role.gives_direct_care());
        }
        for &purpose in Purpose::ALL {
            assert_eq!(Purpose::from_name(purpose.name()), Some(purpose));
        }
        assert_eq!(Role::from_name("GP"), None);
    }
}
