//! What the shop asks its extensions on the request path. Every answer comes with the account of who was skipped and why,
//! which is counted here.
//!
//! Pages ask as of the whole second, and with the version of the shop's data: views of the same thing within one second get
//! one answer, unless something has changed that it may depend on. Whatever a merchant sets, such as a sale, begins and ends
//! at a whole second, and a window that is half open holds an instant exactly when it holds the second it lies in. So a price
//! is no less true for it, and a countdown, which the browser counts from the true time, does not notice. What runs out at
//! any millisecond, such as a reservation or points that expire, may be seen for less than a second longer.
//!
//! Sessions, carts and mail do not count as a change. Orders, reservations, stock, prices, points and profiles do, in their
//! own shop: while a shop takes orders all the time, its pages are worked out anew all the time.
//!
//! An order is priced at its own instant, and every extension is called for it.

use std::sync::Arc;

use boomerang_engine::contract::{
    Adjustment, Cart, CheckoutForm, CheckoutPlan, Context, Page, Report as Insight, ReportRequest,
};
use boomerang_engine::{
    BreakerState, Call, CartError, Installation, Installations, PlacedBlock, Point, Pricing, Report, Validation,
};

use super::manage::ManageError;
use super::{Extensions, ShopExtensions};
use crate::clock::{Instant, whole_second};
use crate::shops::Shop;
use crate::store::StoreError;

/// One request: in which shop, when, for whom, with the extensions that are in force from its start to its end.
#[derive(Clone, Debug)]
pub struct Asking {
    call: Call,
    extensions: Arc<ShopExtensions>,
    /// It is only looked at, so it is nobody's cost.
    is_preview: bool,
}

/// An installed extension as if it were switched on, or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsIf<'a> {
    /// The extension's id.
    pub extension: &'a str,
    /// On.
    pub enabled: bool,
}

impl Asking {
    /// The same request for a customer who is recognised or signed in, or for nobody in particular.
    #[must_use]
    pub fn of_customer(mut self, customer: Option<&str>) -> Self {
        if self.call.customer.as_deref() != customer {
            self.call.customer = customer.map(Into::into);
        }
        self
    }

    /// The version of the shop's data, where answers may be given again.
    #[must_use]
    pub fn data_version(&self) -> Option<u64> {
        self.call.data_version
    }

    /// The instant that extensions are told.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.call.context.now
    }
}

impl Extensions {
    /// Begins a request at `now`, for a customer who is recognised or signed in, if any. Every extension will be called.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn asking(&self, shop: &Shop, customer: Option<&str>, now: Instant) -> Result<Asking, StoreError> {
        let context = Context { now, locale: shop.locale.clone(), time_zone: shop.time_zone.clone() };
        let mut call = Call::new(shop.id.as_str(), context);
        if let Some(customer) = customer {
            call = call.for_customer(customer);
        }
        Ok(Asking { call, extensions: self.of(&shop.id).await?, is_preview: false })
    }

    /// Begins a request for a page, as of the second that `now` lies in. An answer that another page of that second was
    /// given is given again while nothing has changed that it may depend on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn asking_for_page(
        &self,
        shop: &Shop,
        customer: Option<&str>,
        now: Instant,
    ) -> Result<Asking, StoreError> {
        let version = self.0.store.data_version(&shop.id).await?;
        let mut asking = self.asking(shop, customer, whole_second(now)).await?;
        asking.call = asking.call.at_data_version(version);
        Ok(asking)
    }

    /// Begins a preview at `now`: with the extensions that are on, with one more, or with one less. Nothing of it is
    /// counted, and no breaker hears of it.
    ///
    /// # Errors
    /// If the extension is not installed, its component does not load, or the database fails.
    pub async fn asking_as_if(
        &self,
        shop: &Shop,
        customer: Option<&str>,
        now: Instant,
        as_if: Option<AsIf<'_>>,
    ) -> Result<Asking, ManageError> {
        let mut asking = self.asking(shop, customer, now).await?;
        asking.extensions = Arc::new(self.as_if(shop, as_if).await?);
        asking.is_preview = true;
        Ok(asking)
    }

    /// Begins a look at what everybody is offered at `now`: with the extensions in force, without those whose prices are
    /// left out just now. Nothing of it is counted, and no breaker hears of it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn looking(&self, shop: &Shop, now: Instant) -> Result<Asking, StoreError> {
        let mut asking = self.asking(shop, None, now).await?;
        let prices = |one: &&Arc<Installation>| one.breaker().state(Point::CartPricing, now) == BreakerState::Closed;
        let apart = asking.extensions.installations.iter().filter(prices).map(|one| Arc::new(one.apart()));
        let installations = Installations::new(apart).map_err(|error| StoreError::Constraint(error.to_string()))?;
        asking.extensions = Arc::new(ShopExtensions { installations, broken: asking.extensions.broken.clone() });
        asking.is_preview = true;
        Ok(asking)
    }

    /// What a cart costs. `about` is the id of the cart, so that it sees what it has reserved itself.
    ///
    /// # Errors
    /// If the cart itself cannot be priced.
    pub async fn price(&self, asking: &Asking, about: Option<&str>, cart: &Cart) -> Result<Report<Pricing>, CartError> {
        let call = match about {
            Some(cart) => asking.call.clone().about(cart),
            None => asking.call.clone(),
        };
        let report = self.engine().price_cart(&asking.extensions.installations, &call, cart).await?;
        Ok(self.counted(asking, report))
    }

    /// What a cart costs on which the platform has adjustments of its own to make, which stand before the chain.
    ///
    /// # Errors
    /// If the cart itself cannot be priced.
    pub async fn price_after(
        &self,
        asking: &Asking,
        about: &str,
        cart: &Cart,
        own: &[Adjustment],
    ) -> Result<Report<Pricing>, CartError> {
        if own.is_empty() {
            return self.price(asking, Some(about), cart).await;
        }
        let (call, installations) = (asking.call.clone().about(about), &asking.extensions.installations);
        let report = self.engine().price_cart_after(installations, &call, cart, own).await?;
        Ok(self.counted(asking, report))
    }

    /// What a page shows.
    pub async fn blocks(&self, asking: &Asking, page: &Page) -> Report<Vec<PlacedBlock>> {
        let report = self.engine().render_blocks(&asking.extensions.installations, &asking.call, page).await;
        self.counted(asking, report)
    }

    /// How the checkout form is filled; none for the plain form.
    pub async fn plan(&self, asking: &Asking, form: &CheckoutForm) -> Report<Option<CheckoutPlan>> {
        let report = self.engine().plan_checkout(&asking.extensions.installations, &asking.call, form).await;
        self.counted(asking, report)
    }

    /// Whether a checkout may go on.
    pub async fn validate(&self, asking: &Asking, form: &CheckoutForm, cart: &Cart) -> Report<Validation> {
        let report = self.engine().validate_checkout(&asking.extensions.installations, &asking.call, form, cart).await;
        self.counted(asking, report)
    }

    /// A report for the merchant; none if the extension is not switched on or could not make it.
    pub async fn insight(
        &self,
        asking: &Asking,
        extension: &str,
        request: &ReportRequest,
    ) -> Option<Report<Option<Insight>>> {
        let installation = asking.extensions.installations.get(extension)?;
        let report = self.engine().make_report(installation, &asking.call, request).await;
        Some(self.counted(asking, report))
    }

    fn counted<T>(&self, asking: &Asking, report: Report<T>) -> Report<T> {
        if asking.is_preview || report.is_repeated {
            return report;
        }
        self.stats().record(&asking.call.shop, asking.call.context.now, &report.stats, &report.skipped);
        self.stats().record_refused(&asking.call.shop, asking.call.context.now, &report.refused);
        report
    }
}
