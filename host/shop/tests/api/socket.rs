//! The API over a real connection.

use std::net::SocketAddr;

use boomerang_shop::api;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::World;

/// Sends text and gives the answer's text. The request asks for the connection to be closed.
async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_session_is_opened_and_read_over_http() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = api::router(world.platform.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });

    let opened = exchange(
        address,
        "POST /api/v1/demo/sessions HTTP/1.1\r\nhost: elsewhere.example\r\nidempotency-key: over-a-socket\r\n\
         user-agent: a browser\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(opened.starts_with("HTTP/1.1 201"), "{opened}");
    assert!(!opened.contains("elsewhere.example"));
    let token = opened.split("\"token\":\"").nth(1).and_then(|rest| rest.get(..64)).unwrap();
    let read = |method: &str| {
        format!(
            "{method} /api/v1/demo/session HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {token}\r\n\
             connection: close\r\n\r\n"
        )
    };
    let answer = exchange(address, &read("GET")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"label\":\"a browser\""), "{answer}");
    let head = exchange(address, &read("HEAD")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    let nowhere = exchange(address, "GET /api/v1/demo/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(nowhere.starts_with("HTTP/1.1 404") && nowhere.contains("application/problem+json"), "{nowhere}");
    server.abort();
}
