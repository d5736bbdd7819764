//! A hostile guest with a whole standard library. What it does is chosen by the instant of the call.

use std::alloc::{Layout, alloc};
use std::hint::black_box;
use std::io::{Read, Write};
use std::time::{Duration, Instant, SystemTime};

#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn realloc(_old: *mut u8, _size: usize, align: usize, new: usize) -> *mut u8 {
    unsafe { alloc(Layout::from_size_align(new.max(1), align).unwrap()) }
}

/// `ok` with an empty list.
static mut NOTHING: [u32; 8] = [0; 8];

#[unsafe(export_name = "boomerang:shop/cart-pricing@0.1.0#price-cart")]
unsafe extern "C" fn price_cart(arguments: *const i64) -> *const u32 {
    // The first argument's first field is the instant.
    match unsafe { *arguments } {
        1 => hoard(),
        2 => panic!("no such sale: {}", "x".repeat(100_000)),
        3 => {
            black_box(recurse(1));
        }
        4 => std::thread::sleep(Duration::from_secs(1 << 30)),
        5 => shout(),
        6 => std::process::exit(0),
        7 => std::process::abort(),
        8 => assert!(std::thread::Builder::new().spawn(|| loop {}).is_err(), "it has a thread"),
        9 => look_around(),
        10 => wait(),
        11 => sort(),
        #[cfg(reach = "files")]
        12 => drop(std::fs::read("/etc/passwd")),
        #[cfg(reach = "network")]
        13 => drop(std::net::TcpStream::connect("127.0.0.1:22")),
        other => unreachable!("nothing is number {other}"),
    }
    &raw const NOTHING as *const u32
}

fn hoard() {
    let mut all = Vec::new();
    loop {
        all.push(black_box(vec![1_u8; 1 << 20]));
    }
}

#[inline(never)]
#[expect(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let mut frame = [depth; 64];
    black_box(&mut frame);
    recurse(depth + 1) + frame[3]
}

fn shout() {
    let line = vec![b'A'; 1 << 16];
    loop {
        let _ = std::io::stdout().write_all(&line);
    }
}

/// Panics, and so fails, if it finds anything.
fn look_around() {
    assert_eq!(std::env::vars().count(), 0);
    assert!(std::env::args().count() <= 1);
    let mut typed = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut typed);
    assert!(typed.is_empty(), "somebody typed {typed:?}");
}

/// Spins until a clock moves, which none does.
fn wait() {
    let (mark, day) = (Instant::now(), SystemTime::now());
    while mark.elapsed().is_zero() && day.elapsed().is_ok_and(|gone| gone.is_zero()) {}
    panic!("a clock has moved");
}

fn sort() {
    let mut all: Vec<u64> = (0..1_000_000).map(|n| n * 2_862_933_555_777_941_757 % 1_000_003).collect();
    loop {
        all.sort_unstable();
        all.reverse();
        black_box(&mut all);
    }
}
