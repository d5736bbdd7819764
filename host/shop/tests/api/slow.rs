//! Requests that do not arrive, or bring more than is taken: over real connections to the whole server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use boomerang_shop::mail::Mailbox;
use boomerang_shop::server::{self, Patience};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::world::World;

/// Long enough for anything that is on its way.
const PATIENT: Duration = Duration::from_secs(60);
/// Not long enough for anybody who dawdles.
const IMPATIENT: Duration = Duration::from_millis(50);

/// The whole server, and a way to end it.
struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<std::io::Result<()>>,
}

impl Served {
    async fn new(patience: Patience) -> Self {
        let mut platform = World::new().await.platform;
        platform.patience = patience;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let transport = Arc::new(Mailbox::new(platform.store.clone()));
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server::serve(platform, transport, listener, async {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), running }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends the beginning of something, and gives what comes back until the server closes the connection.
    async fn begin(&self, sent: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }

    async fn end(mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.running.await.unwrap().unwrap();
    }
}

/// What comes until the server closes the connection, which it has to do by itself.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(PATIENT, stream.read_to_end(&mut answer)).await;
    // Closed with something of ours unread, which is as good.
    let _ = closed.expect("the server holds the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A form of which no more than the first bytes come.
fn stalled(path: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 1000\r\n{more}\r\ncsrf=abc"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_arrive_in_time_ends_its_connection_and_no_other() {
    let served = Served::new(Patience { head: IMPATIENT, body: PATIENT }).await;
    for begun in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nhost: shop.example\r\nx-more: "] {
        let answer = served.begin(begun).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{begun:?}: {answer}");
    }
    let answer = served.begin("GET / HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_arrive_in_time_is_given_up_everywhere() {
    let served = Served::new(Patience { head: PATIENT, body: IMPATIENT }).await;
    for path in ["/sign-in", "/cart/lines", "/admin/sign-in"] {
        let answer = served.begin(&stalled(path, "connection: close\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        assert!(answer.contains("That took too long"), "{path}: {answer}");
    }
    let more = "connection: close\r\nidempotency-key: one-that-stalls\r\n";
    let answer = served.begin(&stalled("/api/v1/demo/sessions", more)).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("/api/problems/too-slow"), "{answer}");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_sends_the_admin_no_file_and_no_large_form() {
    let served = Served::new(Patience { head: PATIENT, body: PATIENT }).await;
    let head = |kind: &str, length: usize| {
        format!(
            "POST /admin/sign-in HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\ncontent-type: {kind}\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    // Answered without a byte of the body.
    let answer = served.begin(&head("multipart/form-data; boundary=x", 32 << 20)).await;
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    assert!(answer.contains("takes no file"), "{answer}");
    let mut large = head("application/x-www-form-urlencoded", 1 << 20);
    large.push_str(&"a".repeat((64 << 10) + 1));
    let answer = served.begin(&large).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_under_way_is_answered_before_the_server_ends() {
    let served = Served::new(Patience { head: PATIENT, body: PATIENT }).await;
    let mut stream = served.connect().await;
    let sent = stalled("/sign-in", "expect: 100-continue\r\n");
    stream.write_all(sent.as_bytes()).await.unwrap();
    // The server has begun to read the body.
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100");
    let ending = tokio::spawn(served.end());
    stream.write_all("&".repeat(1_000 - "csrf=abc".len()).as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.contains("HTTP/1.1 403"), "{answer}");
    ending.await.unwrap();
}
