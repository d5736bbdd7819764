//! A shop in memory whose API is called in process. Every answer is held against the document.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::document::Document;

/// A shop with its API.
pub struct World {
    router: Router,
    document: OnceLock<Arc<Document>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// Null where the body is no JSON.
    pub json: Value,
}

/// A request that is being put together.
pub struct Call<'a> {
    world: &'a World,
    method: String,
    path: String,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

impl World {
    pub async fn new() -> Self {
        let world = Self { router: boomerang_shop::api::router(), document: OnceLock::new() };
        let document = world.raw("GET", "/api/openapi.json", Vec::new(), Vec::new()).await;
        world.document.set(Arc::new(Document::new(document.json))).ok().unwrap();
        world
    }

    pub fn document(&self) -> Arc<Document> {
        Arc::clone(self.document.get().unwrap())
    }

    pub fn request(&self, method: &str, path: &str) -> Call<'_> {
        Call { world: self, method: method.into(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    async fn raw(&self, method: &str, path: &str, headers: Vec<(HeaderName, String)>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes, json }
    }
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.parse().unwrap(), value.to_owned()));
        self
    }

    /// Sends it, and holds the answer against the document if the document knows the operation.
    pub async fn send(self) -> Answer {
        let answer = self.world.raw(&self.method, &self.path, self.headers, self.body).await;
        let document = self.world.document();
        if let Some(operation) = document.operation(&self.method, &self.path) {
            let media_type = answer.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
            if let Err(error) = document.check(operation, answer.status, media_type, &answer.bytes) {
                panic!("{} {}: {error}", self.method, self.path);
            }
        }
        answer
    }
}
