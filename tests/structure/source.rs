//! The files of a library, and what each of them imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// All files of a library, by their module path.
pub(crate) struct Library(BTreeMap<Vec<String>, File>);

/// One file: a module of the library.
pub(crate) struct File {
    path: String,
    module: Vec<String>,
    /// What is defined here.
    items: BTreeSet<String>,
    /// What `use` brings in: the name here, where it comes from, and whether it is handed on.
    uses: Vec<Use>,
    /// All paths in the code that begin with `crate` or `super`, as they stand.
    paths: BTreeSet<Vec<String>>,
    /// The modules of tests that are files of their own.
    tests: Vec<String>,
}

struct Use {
    name: String,
    path: Vec<String>,
    is_reexport: bool,
}

impl Library {
    /// Reads the folder with the source. Tests are left out: they may import whatever they like.
    pub(crate) fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_folder(root, &[], &mut files);
        let tests: Vec<_> = files.values().flat_map(File::tests).collect();
        files.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Self(files)
    }

    /// Whether the top level has a folder or file of this name.
    pub(crate) fn has_floor(&self, name: &str) -> bool {
        self.files().any(|file| file.floor() == name)
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.0.values()
    }

    /// The groups of files each of which imports, by way of others, itself.
    pub(crate) fn circles(&self) -> Vec<Vec<String>> {
        let edges: BTreeMap<_, _> = self
            .0
            .iter()
            .map(|(module, file)| (module.clone(), self.imports(file)))
            .collect();
        let reach: BTreeMap<_, _> = edges
            .keys()
            .map(|module| (module.clone(), reachable(&edges, module)))
            .collect();
        let mut circles = BTreeSet::new();
        for (module, reached) in &reach {
            let circle: Vec<_> = reached
                .iter()
                .filter(|other| reach[*other].contains(module))
                .map(|other| self.0[other].path.clone())
                .collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// The files that define what a file imports. A `pub use` hands a name on and needs nothing itself.
    fn imports(&self, file: &File) -> BTreeSet<Vec<String>> {
        let uses = file.uses.iter().filter(|import| !import.is_reexport);
        let paths = uses.map(|import| &import.path).chain(&file.paths);
        let mut imports: BTreeSet<_> = paths
            .filter_map(|path| self.definition(&file.module, path, 0))
            .collect();
        imports.remove(&file.module);
        imports
    }

    /// The module of the file that defines what a path names, as seen from a module.
    fn definition(&self, from: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let (mut module, rest) = start(from, path)?;
        let mut rest = rest;
        // A circle of re-exports would not compile; the limit is for paths that are misread.
        while let Some((name, further)) = rest.split_first()
            && depth < 16
        {
            let child = [&module[..], std::slice::from_ref(name)].concat();
            let file = self.0.get(&module)?;
            if self.0.contains_key(&child) {
                module = child;
            } else if file.items.contains(name) {
                return Some(module);
            } else if let Some(import) = file.uses.iter().find(|import| import.name == *name) {
                let path = [&import.path[..], further].concat();
                return self.definition(&module, &path, depth + 1);
            } else {
                return Some(module);
            }
            rest = further;
        }
        // The module itself is named, such as by `use super::statistics;`: what is taken from it stands
        // in the code under that name.
        None
    }
}

/// The module that a path starts from, and the rest of the path.
fn start<'a>(from: &[String], path: &'a [String]) -> Option<(Vec<String>, &'a [String])> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    match path.first().map(String::as_str)? {
        "crate" => Some((Vec::new(), &path[1..])),
        "super" => Some((
            from[..from.len().checked_sub(supers)?].to_vec(),
            &path[supers..],
        )),
        "self" => Some((from.to_vec(), &path[1..])),
        _ => Some((from.to_vec(), path)),
    }
}

fn reachable(
    edges: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
    from: &Vec<String>,
) -> BTreeSet<Vec<String>> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(module) = waiting.pop() {
        for next in &edges[module] {
            if reached.insert(next.clone()) {
                waiting.push(next);
            }
        }
    }
    reached
}

impl File {
    /// The path below `src`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The folder, or file, of the top level.
    pub(crate) fn floor(&self) -> String {
        match self.module.first() {
            Some(floor) => floor.clone(),
            None => "lib".to_owned(),
        }
    }

    fn tests(&self) -> impl Iterator<Item = Vec<String>> {
        let tests = self.tests.iter();
        tests.map(|test| [&self.module[..], std::slice::from_ref(test)].concat())
    }

    /// The names that follow `crate`, or as many `super` as lead to the top.
    pub(crate) fn imported_floors(&self) -> BTreeSet<String> {
        let uses = self.uses.iter().map(|import| &import.path);
        uses.chain(&self.paths)
            .filter_map(|path| {
                let first = path.first()?;
                let is_absolute = first == "crate" || first == "super";
                let (module, rest) = start(&self.module, path).filter(|_| is_absolute)?;
                module.first().or(rest.first()).cloned()
            })
            .collect()
    }
}

fn read_folder(folder: &Path, module: &[String], files: &mut BTreeMap<Vec<String>, File>) {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for path in entries {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inside = [module, &[name]].concat();
            read_folder(&path, &inside, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_own = name == "mod" || (name == "lib" && module.is_empty());
            let module = if is_own {
                module.to_vec()
            } else {
                [module, &[name]].concat()
            };
            files.insert(module.clone(), read_file(&path, module));
        }
    }
}

fn read_file(path: &Path, module: Vec<String>) -> File {
    let text = fs::read_to_string(path).unwrap();
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let shown = path.to_str().unwrap();
    let shown = shown.split_once("/src/").unwrap().1.to_owned();
    let mut reader = Reader(File {
        path: shown,
        module,
        items: BTreeSet::new(),
        uses: Vec::new(),
        paths: BTreeSet::new(),
        tests: Vec::new(),
    });
    reader.visit_file(&parsed);
    reader.0
}

/// Reads one file.
struct Reader(File);

impl<'a> Visit<'a> for Reader {
    fn visit_item(&mut self, item: &'a Item) {
        let (name, attributes) = head(item);
        if attributes.iter().any(is_cfg_test) {
            if let Item::Mod(item) = item {
                self.0.tests.push(item.ident.to_string());
            }
            return;
        }
        self.0.items.extend(name);
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
        self.enter(&item.tree, &mut Vec::new(), is_reexport);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<_> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        if names.len() > 1 {
            self.0.paths.insert(names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a syn::Macro) {
        self.scan(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

impl Reader {
    fn enter(&mut self, tree: &UseTree, path: &mut Vec<String>, is_reexport: bool) {
        let (ident, name) = match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.enter(&part.tree, path, is_reexport);
                path.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.enter(tree, path, is_reexport);
                }
                return;
            }
            UseTree::Name(name) => (&name.ident, &name.ident),
            UseTree::Rename(renamed) => (&renamed.ident, &renamed.rename),
            UseTree::Glob(_) => return,
        };
        let mut path = path.clone();
        if ident != "self" {
            path.push(ident.to_string());
        }
        self.0.uses.push(Use {
            name: name.to_string(),
            path,
            is_reexport,
        });
    }

    /// Finds paths that begin with `crate` in the tokens of a macro.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if ident == "crate" => path = vec![ident.to_string()],
                TokenTree::Ident(ident) if !path.is_empty() => path.push(ident.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == ':' => continue,
                TokenTree::Group(group) => {
                    self.end(&mut path);
                    self.scan(group.stream());
                }
                _ => self.end(&mut path),
            }
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.0.paths.insert(path.clone());
        }
        path.clear();
    }
}

/// The name that an item defines, if it defines one, and its attributes.
fn head(item: &Item) -> (Option<String>, &[Attribute]) {
    let (ident, attributes) = match item {
        Item::Const(item) => (Some(&item.ident), &item.attrs),
        Item::Enum(item) => (Some(&item.ident), &item.attrs),
        Item::Fn(item) => (Some(&item.sig.ident), &item.attrs),
        Item::Impl(item) => (None, &item.attrs),
        Item::Macro(item) => (item.ident.as_ref(), &item.attrs),
        Item::Mod(item) => (None, &item.attrs),
        Item::Static(item) => (Some(&item.ident), &item.attrs),
        Item::Struct(item) => (Some(&item.ident), &item.attrs),
        Item::Trait(item) => (Some(&item.ident), &item.attrs),
        Item::Type(item) => (Some(&item.ident), &item.attrs),
        Item::Use(item) => (None, &item.attrs),
        _ => return (None, &[]),
    };
    (ident.map(ToString::to_string), attributes)
}

pub(crate) fn is_cfg_test(attribute: &Attribute) -> bool {
    let tokens = |meta: &syn::MetaList| meta.tokens.to_string();
    match &attribute.meta {
        syn::Meta::List(meta) => meta.path.is_ident("cfg") && tokens(meta) == "test",
        _ => false,
    }
}
