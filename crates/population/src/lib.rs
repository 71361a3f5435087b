//! Who lives here and what they need: features, scores, segments, tiers, rates, disclosure control.
