//! Answers that are given again. Platforms ask for the same decision again and again, and a decision is a function.
//!
//! What a chain of extensions answers depends on their components and settings, on the [`Call`], on what is asked, and on
//! what capabilities answer meanwhile. The engine sees all of that but the last. A vendor who can say when the data behind
//! its capabilities has changed gives calls a [data version](Call::data_version); then two calls that are equal in everything
//! get one answer, and the extensions are called once.
//!
//! | rule | because |
//! | --- | --- |
//! | the whole question is compared, not its hash alone | a wrong price is worse than a slow one |
//! | kept is an answer in which everybody answered, and every capability too | what failed may succeed the next time |
//! | a call for another shop, customer, subject, instant or language is another question | extensions and capabilities are told all of it |
//! | a change of the merchant makes [other installations](Installations) | a toggle takes effect on the next request |
//! | an answer that is given again has no stats, and breakers do not hear of it | nobody was called |
//!
//! An instant belongs to the question, so a vendor that asks with milliseconds never hears an answer twice. One whose prices
//! begin and end at whole seconds asks with those.

use std::borrow::Cow;
use std::hash::RandomState;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, OptionsBuilder, Weighter};

use crate::blocks::PlacedBlock;
use crate::call::Call;
use crate::call::weight::Weigh;
use crate::chain::Account;
use crate::contract::{Adjustment, Cart, CheckoutForm, CheckoutPlan, Page};
use crate::engine::Engine;
use crate::installation::Installations;
use crate::point::Point;
use crate::pricing::Pricing;
use crate::report::{Refused, Report};

/// What a value takes in memory, as a multiple of its weight. A short text weighs 16 bytes and a few, and takes 24 and a
/// piece of the heap.
const ROOM: usize = 3;

/// How many answers are kept to be given again.
///
/// A [`Call`] without a [data version](Call::data_version) never gets one, so vendors that give none need not set anything.
/// Of `price_cart`, `render_blocks` and `plan_checkout`, the answer of the whole chain is kept; `validate_checkout`, reports
/// and handlers are run every time. What has not been asked for lately makes room for what has.
#[derive(Clone, Debug)]
pub struct MemoConfig {
    /// Answers; 0 keeps none.
    pub entries: usize,
    /// Bytes of all of them with their questions, about.
    pub bytes: usize,
}

impl Default for MemoConfig {
    /// 10,000 answers, in 32 MB.
    fn default() -> Self {
        Self { entries: 10_000, bytes: 32 << 20 }
    }
}

/// How many answers are kept, and how often they were given again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoUse {
    /// Answers that are kept now.
    pub entries: usize,
    /// Bytes that they take, about. An answer counts for no less than its share of [`MemoConfig::bytes`].
    pub bytes: u64,
    /// Questions answered by one that was kept, since the engine was made.
    pub hits: u64,
    /// Questions that could have been, and extensions were called.
    pub misses: u64,
}

/// The answers of one engine.
pub(crate) struct Memo {
    cache: Option<Cache<Question<'static>, Entry, Share, RandomState>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// Everything that an answer is a function of.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Question<'a> {
    installations: u64,
    call: Cow<'a, Call>,
    asked: Asked<'a>,
}

/// What a chain of extensions is asked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Asked<'a> {
    /// With the platform's own adjustments.
    Price(Cow<'a, Cart>, Cow<'a, [Adjustment]>),
    Plan(Cow<'a, CheckoutForm>),
    Blocks(Cow<'a, Page>),
}

/// A question that is looked up without being copied.
#[derive(Hash)]
struct Lookup<'a>(&'a Question<'a>);

impl Equivalent<Question<'static>> for Lookup<'_> {
    fn equivalent(&self, known: &Question<'static>) -> bool {
        *self.0 == *known
    }
}

/// An answer, and about how many bytes it takes with its question.
#[derive(Clone)]
struct Entry {
    answer: Answer,
    bytes: u64,
}

#[derive(Clone)]
pub(crate) enum Answer {
    Price(Arc<Kept<Pricing>>),
    Plan(Arc<Kept<Option<CheckoutPlan>>>),
    Blocks(Arc<Kept<Vec<PlacedBlock>>>),
}

/// What of a report is the answer, and not the account of the calls that made it.
pub(crate) struct Kept<T> {
    value: T,
    refused: Vec<Refused>,
}

/// The value of an answer that can be kept.
pub(crate) trait Answered: Clone + Weigh {
    fn keep(kept: Arc<Kept<Self>>) -> Answer;
    fn find(answer: &Answer) -> Option<&Kept<Self>>;
}

macro_rules! answered {
    ($($value:ty: $case:ident),* $(,)?) => {
        $(impl Answered for $value {
            fn keep(kept: Arc<Kept<Self>>) -> Answer {
                Answer::$case(kept)
            }

            fn find(answer: &Answer) -> Option<&Kept<Self>> {
                match answer {
                    Answer::$case(kept) => Some(kept),
                    _ => None,
                }
            }
        })*
    };
}

answered! {
    Pricing: Price,
    Option<CheckoutPlan>: Plan,
    Vec<PlacedBlock>: Blocks,
}

/// An entry weighs its bytes, and at least its share of all of them: so a limit of bytes is one of entries, too.
#[derive(Clone)]
struct Share(u64);

impl Weighter<Question<'static>, Entry> for Share {
    fn weight(&self, _: &Question<'static>, entry: &Entry) -> u64 {
        entry.bytes.max(self.0)
    }
}

impl<'a> Question<'a> {
    /// None where no answer can be given again: the call has no data version, or there is nobody to ask.
    pub(crate) fn new(installations: &Installations, call: &'a Call, asked: Asked<'a>) -> Option<Self> {
        call.data_version?;
        let question = Self { installations: installations.identity(), call: Cow::Borrowed(call), asked };
        installations.export(question.asked.point()).then_some(question)
    }

    fn into_owned(self) -> Question<'static> {
        let asked = match self.asked {
            Asked::Price(cart, own) => Asked::Price(Cow::Owned(cart.into_owned()), Cow::Owned(own.into_owned())),
            Asked::Plan(form) => Asked::Plan(Cow::Owned(form.into_owned())),
            Asked::Blocks(page) => Asked::Blocks(Cow::Owned(page.into_owned())),
        };
        Question { installations: self.installations, call: Cow::Owned(self.call.into_owned()), asked }
    }

    fn weight(&self) -> usize {
        let asked = match &self.asked {
            Asked::Price(cart, own) => cart.weight() + own.iter().map(Weigh::weight).sum::<usize>(),
            Asked::Plan(form) => form.weight(),
            Asked::Blocks(page) => page.weight(),
        };
        size_of::<Self>() + self.call.weight() + asked
    }
}

impl Asked<'_> {
    fn point(&self) -> Point {
        match self {
            Self::Price(..) => Point::CartPricing,
            Self::Plan(_) => Point::CheckoutAutofill,
            Self::Blocks(_) => Point::StorefrontBlocks,
        }
    }
}

impl Memo {
    pub(crate) fn new(config: &MemoConfig) -> Self {
        let (entries, bytes) = (config.entries, config.bytes as u64);
        // Half is for what has been asked twice: a version that has moved leaves that half full of what nobody asks any more.
        let mut options = OptionsBuilder::new();
        options.estimated_items_capacity(entries).weight_capacity(bytes).hot_allocation(0.5);
        let cache = options.build().ok().filter(|_| entries > 0).map(|options| {
            let share = Share(bytes.div_ceil(entries as u64));
            Cache::with_options(options, share, RandomState::new(), DefaultLifecycle::default())
        });
        Self { cache, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    pub(crate) fn used(&self) -> MemoUse {
        MemoUse {
            entries: self.cache.as_ref().map_or(0, Cache::len),
            bytes: self.cache.as_ref().map_or(0, Cache::weight),
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// The answer to a question that has been answered before.
    fn find<T: Answered>(&self, question: &Question<'_>) -> Option<Report<T>> {
        let entry = self.cache.as_ref()?.get(&Lookup(question));
        let kept = entry.as_ref().and_then(|entry| T::find(&entry.answer));
        let counter = if kept.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        kept.map(|kept| Report {
            value: kept.value.clone(),
            skipped: Vec::new(),
            refused: kept.refused.clone(),
            stats: Vec::new(),
            is_repeated: true,
        })
    }

    fn keep<T: Answered>(&self, question: Question<'_>, report: &Report<T>) {
        let Some(cache) = &self.cache else { return };
        let weight = question.weight() + report.value.weight() + report.refused.weight();
        let bytes = weight.saturating_mul(ROOM) as u64;
        // The cache would turn it away, after it has been copied for it.
        if bytes > cache.shard_capacity() {
            return;
        }
        let kept = Kept { value: report.value.clone(), refused: report.refused.clone() };
        cache.insert(question.into_owned(), Entry { answer: T::keep(Arc::new(kept)), bytes });
    }
}

impl Engine {
    /// Gives an answer again, or does the `work` for a new one and keeps it.
    pub(crate) async fn answer<T: Answered, E>(
        &self,
        question: Option<Question<'_>>,
        work: Pin<&mut impl Future<Output = Result<(T, Account), E>>>,
    ) -> Result<Report<T>, E> {
        if let Some(report) = question.as_ref().and_then(|question| self.memo().find(question)) {
            return Ok(report);
        }
        let (value, account) = work.await?;
        let is_repeatable = account.is_repeatable();
        let report = account.report(value);
        if let Some(question) = question.filter(|_| is_repeatable) {
            self.memo().keep(question, &report);
        }
        Ok(report)
    }
}
