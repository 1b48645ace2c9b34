//! The names that code can read.

use proc_macro2::Ident;

/// How the value of a name is accessed.
#[derive(Clone)]
pub(super) enum Binding {
    /// A reference under the name itself.
    Here,
    /// A slot that will hold it.
    Slot(Ident),
    /// A slot that holds it.
    Filled(Ident),
}

/// A name and how its value is accessed.
#[derive(Clone)]
pub(super) struct Name {
    pub(super) ident: Ident,
    pub(super) binding: Binding,
}

/// The names that can be read, innermost last.
#[derive(Clone, Default)]
pub(super) struct Scope(pub(super) Vec<Name>);

impl Scope {
    pub(super) fn find(&self, name: &str) -> Option<&Name> {
        let mut names = self.0.iter().rev();
        names.find(|known| crate::graph::names::plain(&known.ident) == name)
    }

    /// The same when these slots are filled.
    pub(super) fn filled(&self, slots: &[Ident]) -> Self {
        let mut filled = self.clone();
        for name in &mut filled.0 {
            if let Binding::Slot(slot) = &name.binding
                && slots.contains(slot)
            {
                name.binding = Binding::Filled(slot.clone());
            }
        }
        filled
    }

    /// The same without these names, which a pattern binds.
    pub(super) fn without(&self, names: &[Ident]) -> Self {
        let kept = self.0.iter().filter(|known| !names.contains(&known.ident));
        Self(kept.cloned().collect())
    }

    pub(super) fn add(&mut self, ident: &Ident, binding: Binding) {
        self.0.push(Name {
            ident: ident.clone(),
            binding,
        });
    }
}
