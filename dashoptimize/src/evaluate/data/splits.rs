//! The three parts that an optimization works with.

use std::collections::HashMap;
use std::fmt;

use super::dataset::{Dataset, RowPlace};
use super::error::{Collected, DataError};
use super::part_name::PartName;
use super::parts::{Holdout, Train, Val};

/// The parts that an optimization works with: training, validation and hold-out.
///
/// No row of one part has the same inputs as a row of another, unless that is allowed. Without a hold-out an optimization ends without
/// a verdict.
///
/// Splits are made by [`Dataset::split`], by [`from_jsonl`](Self::from_jsonl) from one file with a
/// column `split`, or by [`builder`](Self::builder) from data sets that were split elsewhere.
pub struct Splits<E> {
    train: Train<E>,
    val: Val<E>,
    holdout: Option<Holdout<E>>,
}

impl<E> Splits<E> {
    /// Puts data sets together that were split elsewhere. Each part is named, so that no part can be
    /// mistaken for another.
    ///
    /// ```
    /// use dashoptimize::evaluate::{Dataset, Splits};
    ///
    /// let splits = Splits::builder()
    ///     .train(Dataset::from_vec_serde(vec!["a", "b"])?)
    ///     .val(Dataset::from_vec_serde(vec!["c", "d"])?)
    ///     .holdout(Dataset::from_vec_serde(vec!["e", "f"])?)
    ///     .build()?;
    /// assert_eq!(splits.val()[0], "c");
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    pub fn builder() -> SplitsBuilder<E> {
        SplitsBuilder {
            train: Dataset::default(),
            val: Dataset::default(),
            holdout: None,
            overlap: Overlap::Refuse,
        }
    }

    pub(super) fn of_parts(
        train: Dataset<E>,
        val: Dataset<E>,
        holdout: Option<Dataset<E>>,
        overlap: Overlap,
    ) -> Result<Self, DataError> {
        let parts = [
            (PartName::Train, Some(&train)),
            (PartName::Val, Some(&val)),
            (PartName::Holdout, holdout.as_ref()),
        ];
        let parts = parts.into_iter();
        check_parts(parts.filter_map(|(name, set)| Some((name, set?))), overlap)?;
        Ok(Self {
            train: Train::new(train),
            val: Val::new(val),
            holdout: holdout.map(Holdout::new),
        })
    }

    /// The first rows of each part, at most the given number of each. They are shared with these
    /// splits, not copied.
    #[must_use]
    pub fn take(&self, train: usize, val: usize, holdout: usize) -> Self {
        Self {
            train: self.train.take(train),
            val: self.val.take(val),
            holdout: self.holdout.as_ref().map(|part| part.take(holdout)),
        }
    }

    /// The training part, which an optimizer may learn from.
    #[must_use]
    pub const fn train(&self) -> &Train<E> {
        &self.train
    }

    /// The validation part, which an optimizer may compare candidates on.
    #[must_use]
    pub const fn val(&self) -> &Val<E> {
        &self.val
    }

    /// The hold-out, which the verdict is based on, if there is one.
    #[must_use]
    pub const fn holdout(&self) -> Option<&Holdout<E>> {
        self.holdout.as_ref()
    }
}

/// The clone shares the rows.
impl<E> Clone for Splits<E> {
    fn clone(&self) -> Self {
        Self {
            train: self.train.clone(),
            val: self.val.clone(),
            holdout: self.holdout.clone(),
        }
    }
}

/// Shows only the numbers of rows.
impl<E> fmt::Debug for Splits<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splits")
            .field("train", &self.train)
            .field("val", &self.val)
            .field("holdout", &self.holdout)
            .finish()
    }
}

/// Puts [`Splits`] together, part by part. [`Splits::builder`] makes one.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct SplitsBuilder<E> {
    train: Dataset<E>,
    val: Dataset<E>,
    holdout: Option<Dataset<E>>,
    overlap: Overlap,
}

/// What happens to rows of one part that have the same inputs as rows of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlap {
    Refuse,
    Allow,
}

impl<E> SplitsBuilder<E> {
    /// Sets the training part. Required.
    pub fn train(mut self, rows: impl Into<Dataset<E>>) -> Self {
        self.train = rows.into();
        self
    }

    /// Sets the validation part. Required.
    pub fn val(mut self, rows: impl Into<Dataset<E>>) -> Self {
        self.val = rows.into();
        self
    }

    /// Sets the hold-out. By default there is none, and an optimization ends without a verdict.
    pub fn holdout(mut self, rows: impl Into<Dataset<E>>) -> Self {
        self.holdout = Some(rows.into());
        self
    }

    /// Accepts rows of one part that have the same inputs as rows of another. By default they are an
    /// error, because a program would be judged by rows that it was tuned on.
    pub const fn allow_overlap(mut self) -> Self {
        self.overlap = Overlap::Allow;
        self
    }

    /// Checks the parts and puts them together.
    ///
    /// # Errors
    ///
    /// - [`DataError::EmptyPart`] if the training part or the validation part is missing, or any
    ///   part is empty
    /// - [`DataError::Overlap`] if a row of one part has the same inputs as a row of another; texts that
    ///   differ only in case or blanks are the same
    ///
    /// ```
    /// use dashoptimize::evaluate::{Dataset, Splits};
    ///
    /// let error = Splits::builder()
    ///     .train(Dataset::from_vec_serde(vec!["a", "b"])?)
    ///     .val(Dataset::from_vec_serde(vec!["b", "c"])?)
    ///     .build()
    ///     .unwrap_err();
    /// assert!(error.to_string().contains("val (row 1) is equal to train (row 2)"));
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    pub fn build(self) -> Result<Splits<E>, DataError> {
        Splits::of_parts(self.train, self.val, self.holdout, self.overlap)
    }
}

/// Checks that no part is empty, and that no two parts have rows with the same inputs.
fn check_parts<'a, E: 'a>(
    parts: impl Iterator<Item = (PartName, &'a Dataset<E>)>,
    overlap: Overlap,
) -> Result<(), DataError> {
    let mut seen = HashMap::new();
    let mut overlaps = Collected::default();
    for (part, set) in parts {
        if set.is_empty() {
            return Err(DataError::EmptyPart {
                part: part.as_str(),
                hint: "give it at least one row".to_owned(),
            });
        }
        for place in &set.places {
            let (first_part, first): &(PartName, &RowPlace) =
                seen.entry(place.input).or_insert((part, place));
            if *first_part != part && overlap == Overlap::Refuse {
                let same = match first.id == place.id {
                    true => "is equal to",
                    false => "has the same inputs as",
                };
                overlaps.push(format!(
                    "{part} ({}) {same} {first_part} ({})",
                    place.origin, first.origin
                ));
            }
        }
    }
    overlaps.finish(|overlaps, total| DataError::Overlap { overlaps, total })
}
