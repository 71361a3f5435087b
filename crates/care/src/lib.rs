//! Shared record, teams and caseloads.
