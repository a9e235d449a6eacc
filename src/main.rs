//! The page: mounts the application in the document.

/// What a run of the engine makes, it makes of many small pieces.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    podlapse::app::start();
}
