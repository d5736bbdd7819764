//! Adding to lists and removing from them, before anything is saved.

use serde_json::Value;

use super::schema::{Control, Schema};

/// Adds a blank item to the list at `pointer`. Gives the pointer of the item; none if there is no such list.
pub(in crate::web::admin) fn add(schema: &Value, value: &mut Value, pointer: &str) -> Option<String> {
    let items = find(Schema::new(schema), pointer).filter(|found| found.control() == Control::List)?.items()?;
    let list = value.pointer_mut(pointer)?.as_array_mut()?;
    list.push(items.blank());
    Some(format!("{pointer}/{}", list.len() - 1))
}

/// Removes the item at `pointer` from its list. Says whether there was one.
pub(in crate::web::admin) fn remove(value: &mut Value, pointer: &str) -> bool {
    let Some((list, number)) = pointer.rsplit_once('/') else { return false };
    let list = value.pointer_mut(list).and_then(Value::as_array_mut);
    match (list, number.parse::<usize>()) {
        (Some(list), Ok(number)) if number < list.len() => {
            list.remove(number);
            true
        }
        _ => false,
    }
}

/// The schema of what a pointer leads to.
fn find<'a>(schema: Schema<'a>, pointer: &str) -> Option<Schema<'a>> {
    pointer.split('/').skip(1).try_fold(schema, |schema, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match schema.control() {
            Control::Group => schema.properties().into_iter().find(|(name, _)| *name == step).map(|(_, found)| found),
            Control::List => schema.items(),
            _ => None,
        }
    })
}
