//! Edges that depend on the state.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::state_view::StateView;
use crate::call::CallError;
use crate::module::pipeline::StepError;

/// What a route returns: which of its targets come next. A target is named by a text, or a `bool`. A route that
/// returns a list goes to all of them; an empty list ends this branch.
#[diagnostic::on_unimplemented(
    message = "a route cannot return a `{Self}`",
    label = "this does not name a target",
    note = "return the name of a target as a `&'static str`, a `String` or a `bool`, a `Vec` of names, or a `Result` \
            of one of these"
)]
pub trait Chosen {
    /// Whether there can be several.
    const MANY: bool = false;

    /// The targets.
    ///
    /// # Errors
    ///
    /// That of the route.
    fn names(self) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>;
}

/// Names of targets.
macro_rules! name {
    ($($Type:ty),*) => {
        $(#[diagnostic::do_not_recommend]
        impl Chosen for $Type {
            fn names(self) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
                Ok(vec![self.to_string()])
            }
        }

        #[diagnostic::do_not_recommend]
        impl Target for $Type {
            fn label_and_node(self) -> (String, String) {
                (self.to_string(), self.to_string())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<N: Into<String>> Target for ($Type, N) {
            fn label_and_node(self) -> (String, String) {
                (self.0.to_string(), self.1.into())
            }
        })*
    };
}

name!(&'static str, String, bool);

#[diagnostic::do_not_recommend]
impl<T: Chosen> Chosen for Vec<T> {
    const MANY: bool = true;

    fn names(self) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
        let names = self.into_iter().map(Chosen::names);
        Ok(names.collect::<Result<Vec<_>, _>>()?.concat())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Chosen, E: StepError> Chosen for Result<T, E> {
    const MANY: bool = T::MANY;

    fn names(self) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
        self.map_err(StepError::boxed)?.names()
    }
}

/// One target of a route: the name of a node, or a pair of what the route returns and the name of a node.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a target of a route",
    label = "this does not name a node",
    note = "write the name of a node, or a pair of what the route returns and the name of a node: \
            `[(true, \"answer\"), (false, END)]`"
)]
pub trait Target {
    /// What the route returns, and the name of the node.
    fn label_and_node(self) -> (String, String);
}

/// Where an edge comes from: the name of a node; or a list of nodes, all of which must have ended.
#[diagnostic::on_unimplemented(
    message = "an edge cannot come from a `{Self}`",
    label = "this does not name a node",
    note = "write the name of a node, or a list of names for an edge that waits for all of them"
)]
pub trait Sources {
    /// Whether the edge waits for all of them.
    const WAITS: bool;

    /// The names.
    fn names(self) -> Vec<String>;
}

#[diagnostic::do_not_recommend]
impl Sources for &str {
    const WAITS: bool = false;

    fn names(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

#[diagnostic::do_not_recommend]
impl Sources for String {
    const WAITS: bool = false;

    fn names(self) -> Vec<String> {
        vec![self]
    }
}

#[diagnostic::do_not_recommend]
impl<T: Into<String>, const N: usize> Sources for [T; N] {
    const WAITS: bool = true;

    fn names(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Into<String>> Sources for Vec<T> {
    const WAITS: bool = true;

    fn names(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

/// Chooses from the state, and says which targets come next.
pub(super) type Choose = Arc<dyn Fn(StateView<'_>) -> Result<Vec<String>, Failure> + Send + Sync>;

/// Why a route did not choose.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A route below the types of its state and its choice.
pub(super) fn choose<S, C>(route: impl Fn(&S) -> C + Send + Sync + 'static) -> Choose
where
    S: DeserializeOwned,
    C: Chosen,
{
    Arc::new(move |state| route(&state.whole::<S>()?).names())
}

/// The failure of a route behind this node. A failed call of a program stays as it is.
pub(super) fn failed(node: &str, failure: Failure) -> CallError {
    match failure.downcast::<CallError>() {
        Ok(error) => *error,
        Err(failure) => CallError::step(node, failure),
    }
}
