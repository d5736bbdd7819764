use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::mail::{Outgoing, SendError, Smtp, Transport};
use crate::people::Email;

/// What a mail server says where it matters; everything else it takes.
#[derive(Clone, Copy)]
struct Script {
    to_recipient: &'static str,
    /// None to break the connection.
    to_message: Option<&'static str>,
}

const FINE: Script = Script { to_recipient: "250 fine", to_message: Some("250 queued") };

/// A mail server on the loopback: its URL, and the messages it was given.
fn server(script: Script) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (messages, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let messages = messages.clone();
            thread::spawn(move || talk(stream.unwrap(), script, &messages));
        }
    });
    (url, received)
}

/// One connection, until either side ends it.
fn talk(stream: TcpStream, script: Script, messages: &Sender<String>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut out = stream;
    let mut say = move |answer: &str| out.write_all(format!("{answer}\r\n").as_bytes()).ok();
    say("220 ready")?;
    while let Some(Ok(line)) = lines.next() {
        match line.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" => say(script.to_recipient)?,
            "DATA" => {
                say("354 go on")?;
                let message: Vec<String> =
                    lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                messages.send(message.join("\n")).ok()?;
                say(script.to_message?)?;
            }
            _ => say("250 fine")?,
        }
    }
    Some(())
}

fn mail() -> Outgoing {
    Outgoing {
        shop: "demo".into(),
        id: "mai_1".into(),
        at: 1_764_028_800_000,
        from_name: "Shop".into(),
        reply_to: None,
        to: Email::parse("Ann@Example.com").unwrap(),
        subject: "Großer Tag".into(),
        text: "Hello Ann".into(),
        html: "<p>Hello Ann</p>".into(),
        unsubscribe: Some("https://shop.example/unsubscribe?token=con_1.abc".into()),
    }
}

async fn send(script: Script) -> (Result<(), SendError>, Receiver<String>) {
    let (url, messages) = server(script);
    (Smtp::new(&url, "hello@shop.example").unwrap().send(&mail()).await, messages)
}

#[tokio::test]
async fn a_mail_server_gets_text_html_and_the_way_out() {
    let (result, messages) = send(FINE).await;
    result.unwrap();
    let message = messages.recv().unwrap();
    for part in [
        "From: Shop <hello@shop.example>",
        "To: Ann@Example.com",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "Hello Ann",
    ] {
        assert!(message.contains(part), "{part} is missing in:\n{message}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_for_good_and_one_that_is_busy_are_told_apart_without_the_address() {
    let gone = Script { to_recipient: "550 <Ann@Example.com> is unknown here", ..FINE };
    let refused = send(gone).await.0.unwrap_err();
    assert!(matches!(refused, SendError::Refused(_)));
    assert_eq!(refused.to_string(), "the mail server refuses it: code 550");
    let busy = Script { to_recipient: "451 try later", ..FINE };
    assert!(matches!(send(busy).await.0, Err(SendError::Later(_))));
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_message_leaves_it_unknown() {
    let breaks = Script { to_message: None, ..FINE };
    let (result, messages) = send(breaks).await;
    assert!(matches!(result, Err(SendError::Unknown(_))), "{result:?}");
    assert!(messages.recv().is_ok(), "the server had it");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_tried_later() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let result = Smtp::new(&url, "hello@shop.example").unwrap().send(&mail()).await;
    assert!(matches!(result, Err(SendError::Later(_))), "{result:?}");
}

#[test]
fn a_url_that_does_not_read_is_refused() {
    assert!(Smtp::new("mail.example", "hello@shop.example").is_err());
}
