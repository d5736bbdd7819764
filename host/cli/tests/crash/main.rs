//! The crash test: the server is killed with SIGKILL again and again while orders flow through the components that ship,
//! at named points between two writes and at random times. In the end nothing may be lost and nothing doubled.
//!
//! This program is both sides. Told so by its environment it is the server; otherwise it is everybody outside: shoppers and
//! staff, who repeat what was not answered, and the one who kills. `cargo xtask crash` asks for the long run.

mod copy;
mod features;
mod limits;
mod outside;
mod point;
mod server;
mod shoppers;
mod verdict;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use boomerang_shop::store::Store;
use copy::Copy;
use shoppers::{Purchase, Site};
use verdict::Verdict;

const FOLDER: &str = "BOOMERANG_CRASH_SERVER";
const LIFE: &str = "BOOMERANG_CRASH_LIFE";
const POINT: &str = "BOOMERANG_CRASH_POINT";
/// How many purchases; each is some four events.
const PURCHASES: &str = "BOOMERANG_CRASH_PURCHASES";
/// How often the server is killed at the least.
const KILLS: &str = "BOOMERANG_CRASH_KILLS";
/// How many events of orders flow at the least.
const EVENTS: &str = "BOOMERANG_CRASH_EVENTS";

/// Shoppers at once.
const SHOPPERS: usize = 6;
/// The longest that a life takes to come to its point, or to become quiet.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let Some(folder) = std::env::var_os(FOLDER) {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
        if let Ok(point) = std::env::var(POINT) {
            let (place, nth) = point.split_once(':').expect("a place and a number");
            point::arm(place, nth.parse().unwrap());
        }
        runtime.block_on(server::serve(Path::new(&folder), number(LIFE).unwrap()));
        return ExitCode::SUCCESS;
    }
    // What the test runner of cargo hands over: a filter that means other tests, or the wish to list them.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if std::env::args().any(|word| word == "--list") || words.iter().any(|word| !"crash".contains(word.as_str())) {
        return ExitCode::SUCCESS;
    }
    let asked = |name: &str, default: u32| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let story = Story { purchases: asked(PURCHASES, 60), kills: asked(KILLS, 20), events: asked(EVENTS, 200) };
    let sound = runtime.block_on(story.tell());
    let clear = runtime.block_on(limits::full_disk());
    if sound && clear { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long it goes on.
struct Story {
    purchases: u32,
    kills: u32,
    events: u32,
}

/// A generator that is the same every time, so that a run can be told again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

impl Story {
    async fn tell(&self) -> bool {
        let started = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let members = server::set_up(folder, SHOPPERS).await;
        let site = Arc::new(Site::new(self.purchases, members));
        let shoppers: Vec<_> = (0..SHOPPERS)
            .map(|shopper| {
                let site = Arc::clone(&site);
                thread::spawn(move || site.shop(shopper))
            })
            .collect();
        let mut tally = Tally::default();
        let mut dice = Dice(20_260_302);
        let mut life = 0;
        // Killed until there were kills enough; everybody goes on buying until then.
        while tally.kills() < self.kills {
            assert!(
                !shoppers.iter().any(thread::JoinHandle::is_finished),
                "a shopper was told something that cannot be"
            );
            life += 1;
            live_and_be_killed(folder, life, &site, &mut dice, &mut tally);
        }
        life += 1;
        let mut last = Server::start(folder, life, None);
        site.moved(last.base.take());
        let copy = Copy::take(folder, &site).await;
        site.is_safe.store(true, Ordering::SeqCst);
        for shopper in shoppers {
            shopper.join().expect("a shopper was told something that cannot be");
        }
        drop(last);
        site.moved(None);
        // What was under way at the last kill counts as lost some minutes later, so two more lives finish it.
        let store = Store::open(&server::database(folder)).unwrap();
        for _ in 0..2 {
            life += 1;
            let _server = Server::start(folder, life, None);
            become_quiet(&store, life).await;
        }
        drop(store);
        let purchases = site.done.lock().unwrap().clone();
        let verdict = verdict::reach(folder, &purchases, SHOPPERS, server::time(life)).await;
        report(&site, &purchases, &tally, &verdict, started.elapsed());
        let is_whole = copy.restore(folder, life + 1).await;
        verdict.is_clean() && is_whole && self.is_told(&purchases, &tally, &verdict)
    }

    /// Whether there was as much of everything as was asked for: a run in which little happens shows little.
    fn is_told(&self, purchases: &[Purchase], tally: &Tally, verdict: &Verdict) -> bool {
        let wanted = [
            ("purchases", self.purchases as usize, purchases.len()),
            ("kills", self.kills as usize, tally.kills() as usize),
            // Two lives in three have a point; most of them come to it.
            ("kills at a named point", self.kills as usize / 4, tally.at_points as usize),
            ("order events", self.events as usize, verdict.events),
            ("purchases with points", purchases.len() / 8, purchases.iter().filter(|one| one.points > 0).count()),
        ];
        let missing: Vec<_> = wanted.into_iter().filter(|(_, least, found)| found < least).collect();
        for (what, least, found) in &missing {
            println!("  too little: {found} {what}, and {least} were wanted");
        }
        missing.is_empty()
    }
}

/// How often the server was killed.
#[derive(Default)]
struct Tally {
    at_points: u32,
    at_random: u32,
}

impl Tally {
    fn kills(&self) -> u32 {
        self.at_points + self.at_random
    }
}

fn live_and_be_killed(folder: &Path, life: u32, site: &Site, dice: &mut Dice, tally: &mut Tally) {
    // Two of three lives end at a point, each place in its turn.
    let place = point::NAMES[life as usize % point::NAMES.len()];
    let most = match place {
        "before-commit" | "after-commit" => 150,
        "before-bank" | "after-bank" => 12,
        _ => 8,
    };
    let point = (!life.is_multiple_of(3)).then(|| format!("{place}:{}", 1 + dice.roll(most)));
    let mut server = Server::start(folder, life, point.as_deref());
    site.moved(server.base.take());
    let until = match point {
        Some(_) => Duration::from_secs(4),
        None => Duration::from_millis(dice.roll(1_500)),
    };
    if server.ends_within(until) {
        tally.at_points += 1;
    } else {
        tally.at_random += 1;
    }
    drop(server);
    site.moved(None);
}

/// A life of the server.
pub(crate) struct Server {
    child: Child,
    base: Option<String>,
}

impl Server {
    fn start(folder: &Path, life: u32, point: Option<&str>) -> Self {
        Self::spawn(Command::new(this_program()), folder, life, point)
    }

    /// Starts it by a command that ends with this program.
    fn spawn(mut command: Command, folder: &Path, life: u32, point: Option<&str>) -> Self {
        command.env(FOLDER, folder).env(LIFE, life.to_string()).stdout(Stdio::piped());
        if let Some(point) = point {
            command.env(POINT, point);
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // None: it was killed before it was ready, which is a kill like any other.
        let base = Some(line.trim().to_owned()).filter(|line| !line.is_empty());
        Self { child, base }
    }

    fn ends_within(&mut self, most: Duration) -> bool {
        let until = Instant::now() + most;
        while Instant::now() < until {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            thread::sleep(Duration::from_millis(2));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

async fn become_quiet(store: &Store, life: u32) {
    let until = Instant::now() + PATIENCE;
    while !verdict::is_quiet(store, server::time(life)).await {
        assert!(Instant::now() < until, "the server does not come to an end of what it has to do");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn report(site: &Site, purchases: &[Purchase], tally: &Tally, verdict: &Verdict, took: Duration) {
    println!("crash: killed {} times, {} of them at a named point", tally.kills(), tally.at_points);
    println!("  purchases      {:>8}", purchases.len());
    println!("  order events   {:>8}", verdict.events);
    println!("  answers        {:>8}", site.answered.load(Ordering::SeqCst));
    println!("  asked again    {:>8}", site.repeated.load(Ordering::SeqCst));
    println!("  mails          {:>8} sent, {} uncertain", verdict.mails_sent, verdict.mails_uncertain);
    println!("  lost           {:>8}", verdict.lost.len());
    println!("  doubled        {:>8}", verdict.doubled.len());
    println!("  seconds        {:>8}", took.as_secs());
    for what in verdict.lost.iter().take(20) {
        println!("  lost: {what}");
    }
    for what in verdict.doubled.iter().take(20) {
        println!("  doubled: {what}");
    }
}
