//! Settings read without serde's generated code.
//!
//! What `#[derive(Deserialize)]` makes for a struct of twenty settings takes several kilobytes. [`settings_group!`] makes a
//! tenth of that, and with it come the defaults, which have to stand somewhere anyway.
//!
//! [`settings_group!`]: crate::settings_group

use alloc::string::String;
use alloc::vec::Vec;

use super::SettingMismatch;
use crate::text::number;

/// A value of a JSON text without fractions.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing has been entered.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A group, name by name.
    Group(Vec<(String, Value)>),
}

/// Something that settings can hold.
pub trait Setting: Sized {
    /// Reads it, or says what else was expected.
    fn read(value: &Value) -> Result<Self, SettingMismatch>;
}

impl Value {
    /// The settings of a group, to be read one by one.
    pub fn group(&self) -> Result<Group<'_>, SettingMismatch> {
        match self {
            Self::Group(entries) => Ok(Group { entries, mismatch: None }),
            _ => Err(SettingMismatch::expected("a group of settings")),
        }
    }
}

/// A group of settings that is being read. It keeps the first mismatch to itself until the end, so that reading a setting
/// is a plain call that needs nothing after it.
#[derive(Debug)]
pub struct Group<'a> {
    entries: &'a [(String, Value)],
    mismatch: Option<SettingMismatch>,
}

impl<'a> Group<'a> {
    /// Reads the setting of this name, and leaves `setting` as it is where nothing has been entered.
    #[inline(never)]
    pub fn read<T: Setting>(&mut self, name: &str, setting: &mut T) {
        let Some(value) = self.find(name) else { return };
        match T::read(value) {
            Ok(read) => *setting = read,
            Err(mismatch) => self.note(mismatch, name),
        }
    }

    /// What has been entered under this name; none after a mismatch. Not generic, as `note`, so that it is there once.
    #[inline(never)]
    fn find(&self, name: &str) -> Option<&'a Value> {
        let found = || self.entries.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        if self.mismatch.is_none() { found() } else { None }
    }

    #[cold]
    #[inline(never)]
    fn note(&mut self, mismatch: SettingMismatch, name: &str) {
        self.mismatch = Some(mismatch.inside(name));
    }

    /// The first mismatch, if there was one.
    pub fn end(self) -> Result<(), SettingMismatch> {
        self.mismatch.map_or(Ok(()), Err)
    }
}

impl Setting for bool {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        match value {
            Value::Flag(flag) => Ok(*flag),
            _ => Err(SettingMismatch::expected("yes or no")),
        }
    }
}

impl Setting for i64 {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        match value {
            Value::Whole(number) => Ok(*number),
            _ => Err(SettingMismatch::expected("a whole number")),
        }
    }
}

/// Narrower numbers are read as `i64` and have to fit.
macro_rules! narrower {
    ($($number:ty),+) => {
        $(impl Setting for $number {
            fn read(value: &Value) -> Result<Self, SettingMismatch> {
                let wide = i64::read(value)?;
                Self::try_from(wide).map_err(|_| SettingMismatch::expected("a number of another size"))
            }
        })+
    };
}

narrower!(u8, u16, u32, i32);

impl Setting for String {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            _ => Err(SettingMismatch::expected("a text")),
        }
    }
}

impl<T: Setting> Setting for Option<T> {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        match value {
            Value::Null => Ok(None),
            _ => T::read(value).map(Some),
        }
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        let Value::List(entries) = value else { return Err(SettingMismatch::expected("a list")) };
        let mut read = Self::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            read.push(T::read(entry).map_err(|mismatch| mismatch.inside(&number(index as i64)))?);
        }
        Ok(read)
    }
}

/// Makes a struct whose fields are settings of the same names, with what each holds where nothing has been entered.
///
/// ```
/// boomerang_sdk::settings_group! {
///     /// A gift.
///     pub struct Gift {
///         /// What shoppers read.
///         pub title: String = String::new(),
///         /// How many there are.
///         pub units: u32 = 10,
///     }
/// }
///
/// let gift: Gift = boomerang_sdk::settings::read_group(r#"{"title": "A pen"}"#).unwrap();
/// assert_eq!((gift.title.as_str(), gift.units), ("A pen", 10));
/// ```
#[macro_export]
macro_rules! settings_group {
    ($(#[$of_group:meta])* $visible:vis struct $group:ident {
        $($(#[$of_field:meta])* pub $field:ident: $type:ty = $missing:expr),+ $(,)?
    }) => {
        $(#[$of_group])*
        #[derive(Debug, Clone)]
        $visible struct $group {
            $($(#[$of_field])* pub $field: $type),+
        }

        impl ::core::default::Default for $group {
            fn default() -> Self {
                Self { $($field: $missing),+ }
            }
        }

        impl $crate::settings::Setting for $group {
            fn read(
                value: &$crate::settings::Value,
            ) -> ::core::result::Result<Self, $crate::settings::SettingMismatch> {
                let mut settings = value.group()?;
                let mut group = <Self as ::core::default::Default>::default();
                $(settings.read(stringify!($field), &mut group.$field);)+
                settings.end()?;
                ::core::result::Result::Ok(group)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::settings::read_group;
    use crate::types::SettingError;

    settings_group! {
        struct Outer {
            pub name: String = "none".into(),
            pub inner: Vec<Inner> = Vec::new(),
            pub number: Option<i32> = Some(7),
        }
    }

    settings_group! {
        struct Inner {
            pub on: bool = true,
            pub size: u8 = 3,
        }
    }

    #[test]
    fn what_is_missing_has_its_default() {
        let outer: Outer = read_group("{}").unwrap();
        assert_eq!((outer.name.as_str(), outer.inner.len(), outer.number), ("none", 0, Some(7)));
        let outer: Outer = read_group(r#"{"inner": [{}, {"on": false, "size": 255}], "number": null}"#).unwrap();
        let inner: Vec<_> = outer.inner.iter().map(|inner| (inner.on, inner.size)).collect();
        assert_eq!((inner, outer.number), (vec![(true, 3), (false, 255)], None));
    }

    #[test]
    fn a_mismatch_points_at_the_setting() {
        let pointer = |text: &str| read_group::<Outer>(text).unwrap_err().remove(0);
        for (text, at, expected) in [
            ("[]", "", "expected a group of settings"),
            (r#"{"name": 1}"#, "/name", "expected a text"),
            (r#"{"inner": [{}, {"on": 1}]}"#, "/inner/1/on", "expected yes or no"),
            (r#"{"inner": [{"size": 256}]}"#, "/inner/0/size", "expected a number of another size"),
            (r#"{"inner": [1]}"#, "/inner/0", "expected a group of settings"),
            (r#"{"inner": {}}"#, "/inner", "expected a list"),
            (r#"{"number": 1.5}"#, "/number", "enter a whole number"),
            (r#"{"number": 10000000000000000000}"#, "/number", "this number is too large"),
        ] {
            assert_eq!(pointer(text), SettingError::new(at, expected), "{text}");
        }
    }
}
