//! The formats that come with Vanguard, embedded. A test holds the list against the folder `sources/`.

macro_rules! formats {
    ($($name:literal,)+) => {
        /// Names and texts in alphabetical order.
        pub(super) const FORMATS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../sources/", $name, ".toml"))),)+];
    };
}

formats! {
    "fhir/bundle",
    "hes/ae",
    "hes/apc",
    "hes/op",
    "omop/condition_occurrence",
    "omop/death",
    "omop/drug_exposure",
    "omop/measurement",
    "omop/observation",
    "omop/person",
    "omop/procedure_occurrence",
    "omop/visit_occurrence",
    "vanguard/ambulance_111_calls",
    "vanguard/apc_episodes",
    "vanguard/care_home_residents",
    "vanguard/community_contacts",
    "vanguard/deaths",
    "vanguard/ecds_attendances",
    "vanguard/gp_appointments",
    "vanguard/gp_events",
    "vanguard/gp_medication",
    "vanguard/gp_registrations",
    "vanguard/lsoa",
    "vanguard/mental_health_contacts",
    "vanguard/op_attendances",
    "vanguard/organisations",
    "vanguard/social_care",
    "vanguard/unit_costs",
}

/// The text of a format. `fhir/ndjson` is `fhir/bundle`: the reader tells them apart.
pub(super) fn text(name: &str) -> Option<&'static str> {
    let name = if name == "fhir/ndjson" { "fhir/bundle" } else { name };
    FORMATS.iter().find(|(own, _)| *own == name).map(|&(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceFormat;

    #[test]
    fn every_file_is_embedded_and_without_issues() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sources");
        let mut files = Vec::new();
        for folder in std::fs::read_dir(&root).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
            for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
                let stem = file.path().file_stem().unwrap().to_string_lossy().into_owned();
                files.push(format!("{}/{stem}", folder.file_name().to_string_lossy()));
            }
        }
        files.sort();
        assert_eq!(files, FORMATS.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
        for (name, text) in FORMATS {
            let (format, issues) = SourceFormat::parse(&format!("{name}.toml"), text);
            assert!(issues.is_empty(), "{}", issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
            assert_eq!(format.unwrap().name(), *name);
        }
    }
}
