//! Files that would stand in each other's way in one volume (`warningsForOverlappingVirtualPaths`).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{KeyToPath, Volume, VolumeProjection};

use super::Remarks;
use crate::yaml::go;

/// A path that is longer is no path, and not worth looking for its folders.
const LONGEST_PATH: usize = 4096;

/// Files so far: their path with a slash at the end, and how they are shown.
type Files = BTreeMap<String, Vec<String>>;

pub fn overlapping(volume: &Volume, path: &str, out: &mut Remarks) {
    let name = go::quote(&volume.name);
    let mut whole = |what: String, paths: Vec<&str>| {
        let (mut files, start) = (Files::new(), format!("volume {name} ({what}): overlapping paths: "));
        for file in paths {
            add(file, "", &start, path, &mut files, out);
        }
    };
    if let Some(v) = &volume.config_map {
        whole(format!("ConfigMap {}", go::quote(&v.name)), keys(v.items.as_deref()));
    }
    if let Some(v) = &volume.secret {
        let secret = go::quote(v.secret_name.as_deref().unwrap_or(""));
        whole(format!("Secret {secret}"), keys(v.items.as_deref()));
    }
    if let Some(v) = &volume.downward_api {
        whole("DownwardAPI".into(), v.items.iter().flatten().map(|f| f.path.as_str()).collect());
    }
    let (mut files, start) = (Files::new(), format!("volume {name} (Projected): overlapping paths: "));
    for source in volume.projected.iter().flat_map(|p| p.sources.iter().flatten()) {
        if *source == VolumeProjection::default() {
            out.add(path, format!("volume {name} (Projected) has no sources provided"));
        }
        let (paths, what) = of_source(source);
        for file in paths {
            add(file, &what, &start, path, &mut files, out);
        }
    }
}

fn keys(items: Option<&[KeyToPath]>) -> Vec<&str> {
    items.into_iter().flatten().map(|item| item.path.as_str()).collect()
}

/// The files of a source, and what it is called.
fn of_source(source: &VolumeProjection) -> (Vec<&str>, String) {
    if let Some(s) = source.config_map.as_ref().filter(|s| s.items.is_some()) {
        return (keys(s.items.as_deref()), format!(" (ConfigMap {})", go::quote(&s.name)));
    }
    if let Some(s) = source.secret.as_ref().filter(|s| s.items.is_some()) {
        return (keys(s.items.as_deref()), format!(" (Secret {})", go::quote(&s.name)));
    }
    if let Some(s) = source.downward_api.as_ref().filter(|s| s.items.is_some()) {
        return (s.items.iter().flatten().map(|f| f.path.as_str()).collect(), " (DownwardAPI)".into());
    }
    match &source.service_account_token {
        Some(s) => (vec![&s.path], " (ServiceAccountToken)".into()),
        None => (Vec::new(), String::new()),
    }
}

fn add(file: &str, what: &str, start: &str, path: &str, files: &mut Files, out: &mut Remarks) {
    let file = file.trim_end_matches('/');
    if file.is_empty() || file.len() > LONGEST_PATH || out.is_full() {
        return;
    }
    let shown = format!("{}{what}", go::quote(file));
    let folder = format!("{file}/");
    let above = folder.match_indices('/').map(|(i, _)| &folder[..=i]).filter(|above| *above != folder);
    let above = above.filter_map(|above| files.get(above)).flatten();
    let below = files.range(folder.clone()..).take_while(|(other, _)| other.starts_with(&folder)).flat_map(|(_, w)| w);
    let others: Vec<String> = above.chain(below).cloned().collect();
    for other in others {
        out.add(path, format!("{start}{shown} with {other}"));
    }
    let same = files.entry(folder).or_default();
    if !same.contains(&shown) {
        same.push(shown);
    }
}
