//! The page: mounts the application in the document.

fn main() {
    podlapse::app::start();
}
