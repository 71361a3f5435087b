//! The vocabulary of a person's history. One event is one row; its kind says what happened, its method how,
//! its status how it ended. Blueprints, sources, the lake and the pages all use these names.

/// Declares an enumeration with a stable number (written to disk) and a stable snake-case name (written by people).
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $number:literal, $text:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$vmeta])* #[doc = $label] $variant = $number,)+ }

        impl $name {
            /// Every value, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in blueprints, source files and exports.
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

            /// The value with this number, as read from disk.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// The number written to disk.
            pub const fn number(self) -> u8 { self as u8 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.name()) }
        }
    };
}

vocabulary! {
    /// What happened. Numbers are written to disk and never reused.
    EventKind {
        Admission = 1, "admission", "Hospital admission";
        Diagnosis = 2, "diagnosis", "Hospital diagnosis";
        Procedure = 3, "procedure", "Hospital procedure";
        Outpatient = 4, "outpatient", "Outpatient appointment";
        EmergencyAttendance = 5, "emergency_attendance", "Emergency department attendance";
        GpObservation = 6, "gp_observation", "GP record entry";
        GpAppointment = 7, "gp_appointment", "GP appointment";
        Medication = 8, "medication", "Medicine issued";
        CommunityContact = 9, "community_contact", "Community health contact";
        MentalHealthContact = 10, "mental_health_contact", "Mental health contact";
        SocialCare = 11, "social_care", "Social care support";
        CareHomeStay = 12, "care_home_stay", "Care home stay";
        AmbulanceCall = 13, "ambulance_call", "Ambulance call";
        Nhs111Call = 14, "nhs_111_call", "NHS 111 call";
        Death = 15, "death", "Death";
    }
}

vocabulary! {
    /// How it happened: the way in, or the way contact was made.
    Method {
        None = 0, "none", "Not stated";
        Emergency = 1, "emergency", "Emergency";
        Elective = 2, "elective", "Planned";
        DayCase = 3, "day_case", "Planned, same day";
        Maternity = 4, "maternity", "Maternity";
        Transfer = 5, "transfer", "Transfer";
        FaceToFace = 6, "face_to_face", "Face to face";
        Telephone = 7, "telephone", "Telephone";
        Video = 8, "video", "Video";
        HomeVisit = 9, "home_visit", "Home visit";
        Conveyed = 10, "conveyed", "Taken to hospital";
        HearAndTreat = 11, "hear_and_treat", "Advised by telephone";
        SeeAndTreat = 12, "see_and_treat", "Treated at the scene";
        HomeCare = 13, "home_care", "Home care";
        Reablement = 14, "reablement", "Reablement";
        Residential = 15, "residential", "Residential care";
        Nursing = 16, "nursing", "Nursing care";
        DayCare = 17, "day_care", "Day care";
        DirectPayment = 18, "direct_payment", "Direct payment";
        Equipment = 19, "equipment", "Equipment";
        First = 20, "first", "First appointment";
        FollowUp = 21, "follow_up", "Follow-up appointment";
        Other = 22, "other", "Other";
    }
}

vocabulary! {
    /// How it ended.
    Status {
        None = 0, "none", "Not stated";
        Attended = 1, "attended", "Attended";
        DidNotAttend = 2, "did_not_attend", "Did not attend";
        Cancelled = 3, "cancelled", "Cancelled";
        Admitted = 4, "admitted", "Admitted";
        Discharged = 5, "discharged", "Discharged";
        Died = 6, "died", "Died";
        Transferred = 7, "transferred", "Transferred";
        Active = 8, "active", "Still active";
        Ended = 9, "ended", "Ended";
        Other = 10, "other", "Other";
    }
}

vocabulary! {
    /// The terminology a code belongs to.
    CodeSystem {
        None = 0, "none", "No code";
        Icd10 = 1, "icd10", "ICD-10";
        Opcs4 = 2, "opcs4", "OPCS-4";
        SnomedCt = 3, "snomed", "SNOMED CT";
        Dmd = 4, "dmd", "Dictionary of medicines and devices";
        TreatmentFunction = 5, "treatment_function", "Treatment function";
        ChiefComplaint = 6, "chief_complaint", "Chief complaint";
        Service = 7, "service", "Service or team type";
        Local = 8, "local", "Local code";
        Loinc = 9, "loinc", "LOINC";
        RxNorm = 10, "rxnorm", "US drug names";
        OmopConcept = 11, "omop_concept", "OMOP concept";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_round_trip() {
        for &kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.name()), Some(kind));
            assert_eq!(EventKind::from_number(kind.number()), Some(kind));
        }
        for &method in Method::ALL {
            assert_eq!(Method::from_name(method.name()), Some(method));
            assert_eq!(Method::from_number(method.number()), Some(method));
        }
        for &status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
            assert_eq!(Status::from_number(status.number()), Some(status));
        }
        for &system in CodeSystem::ALL {
            assert_eq!(CodeSystem::from_name(system.name()), Some(system));
            assert_eq!(CodeSystem::from_number(system.number()), Some(system));
        }
        assert_eq!(EventKind::from_number(0), None);
        assert_eq!(EventKind::from_name("Admission"), None);
    }
}
