//! The story, told from its beginning to its end with the components that ship.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_story_holds_from_its_first_sentence_to_its_last() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/components");
    let components = env::var_os("BOOMERANG_COMPONENTS").map_or(built, PathBuf::from);
    let told =
        Command::new(env!("CARGO_BIN_EXE_boomerang")).args(["story", "--components"]).arg(components).output().unwrap();
    let (story, complaint) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success(), "{story}\n{complaint}");
    assert!(story.trim_end().ends_with("Everything above was checked against the shop's own answers."), "{story}");
}
