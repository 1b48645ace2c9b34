//! What makes a run another one.

use tempfile::tempdir;

use super::*;

#[tokio::test]
async fn another_proposer_is_another_run() {
    let folder = tempdir().unwrap();
    search(|gepa| gepa, Run::folder(folder.path()))
        .await
        .unwrap();
    let set: Set = |gepa| gepa.num_generations(2);
    let error = search(set, Run::folder(folder.path())).await.unwrap_err();
    assert!(error.to_string().contains("`num_generations`"), "{error}");
}
