//! The seven care models, what they share, and their code lists, embedded.

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../blueprints/", $name, ".toml")))),+]
    };
}

macro_rules! code_files {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!("codes/", $name, ".csv"), include_str!(concat!("../../../blueprints/codes/", $name, ".csv")))),+]
    };
}

/// The care models, the population health models first; at the end what they share, and a
/// published segmentation: no models of their own.
const MODELS: &[(&str, &str)] = embedded!["mcp", "pacs", "ehch", "uec", "acc", "vsh", "pch", "base", "segments_snee"];

/// How many of them are care models.
const CARE_MODELS: usize = 7;

/// Code list files that built-in models name.
const CODE_FILES: &[(&str, &str)] = code_files![
    "long_term_conditions",
    "care",
    "avoidable",
    "hfrs",
    "charlson_quan",
    "charlson_shmi",
    "elixhauser_quan",
    "segments_snee",
    "need"
];

/// The text of a built-in model: `mcp`, `pacs`, `ehch`, `uec`, `acc`, `vsh`, `pch`; also `base`, which they extend,
/// and `segments_snee`, a published segmentation for a place's own blueprint to extend.
pub fn builtin(id: &str) -> Option<&'static str> {
    MODELS.iter().find(|(name, _)| *name == id).map(|(_, text)| *text)
}

/// Identifiers of the seven care models.
pub fn builtin_ids() -> Vec<&'static str> {
    MODELS.iter().take(CARE_MODELS).map(|(name, _)| *name).collect()
}

/// The text of a built-in code list file, such as `codes/hfrs.csv`.
pub fn builtin_code_file(name: &str) -> Option<&'static str> {
    CODE_FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| *text)
}
