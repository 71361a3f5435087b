//! The seven care models and their code lists, embedded.

/// Identifiers of the built-in models, the two population health models first.
const MODELS: &[(&str, &str)] = &[];

/// Code list files that built-in models name.
const CODE_FILES: &[(&str, &str)] = &[];

/// The text of a built-in model: `mcp`, `pacs`, `ehch`, `uec`, `acc`, `vsh`, `pch`.
pub fn builtin(id: &str) -> Option<&'static str> {
    MODELS.iter().find(|(name, _)| *name == id).map(|(_, text)| *text)
}

/// Identifiers of the built-in models.
pub fn builtin_ids() -> Vec<&'static str> {
    MODELS.iter().map(|(name, _)| *name).collect()
}

/// The text of a built-in code list file, such as `codes/hfrs.csv`.
pub fn builtin_code_file(name: &str) -> Option<&'static str> {
    CODE_FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| *text)
}
