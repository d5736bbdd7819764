//! What the shop knows of its staff.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;

/// What somebody of the staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything, staff included.
    Owner,
    /// Everything but staff and policies.
    Staff,
}

impl Role {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Staff => "staff",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        [Self::Owner, Self::Staff].into_iter().find(|role| role.as_str() == text)
    }

    /// May manage staff and set policies.
    #[must_use]
    pub fn may_manage(self) -> bool {
        self == Self::Owner
    }
}

/// A member of a shop's staff.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Admin {
    /// The id; the audit log names people by it.
    pub id: String,
    /// The address to sign in with, in lower case.
    pub email: String,
    /// The name that colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When the account was made.
    pub created_at: Instant,
    /// Since when they can no longer sign in.
    pub disabled_at: Option<Instant>,
}

impl Admin {
    /// As the audit log names them.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("admin:{}", self.id)
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Admin").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A session of a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminSession {
    /// The session's id; it opens nothing.
    pub id: String,
    /// Whose it is.
    pub admin: String,
    /// What the browser says it is.
    pub label: String,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// When it ends unless it is used.
    pub expires_at: Instant,
}
