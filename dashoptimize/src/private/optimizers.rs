//! Chains of optimizers, for the expansions of `pipeline!(A { … } >> B { … })`.

use crate::optimizer::{BetterTogether, Stage};

/// A pipeline without stages and without a metric.
#[must_use]
pub fn optimizers() -> BetterTogether {
    BetterTogether::stage()
}

/// A stage with its default settings.
#[must_use]
pub fn stage<O: Stage>() -> O::Own {
    O::stage()
}
