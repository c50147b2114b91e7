//! split-sonic-rs INPUT... OUTDIR KEY: OUTDIR/TYPE for each type, OUTDIR/_bad for lines without one; sonic-rs, validated.

mod type_at;

use flate2::bufread::MultiGzDecoder;
use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read, Result, Write},
    path::PathBuf,
};
use type_at::type_at;

const READ_BYTES: usize = 4 << 20;
const GZIP_READ_BYTES: usize = 256 << 10;
const WRITE_BYTES: usize = 128 << 10;

struct Output {
    file: File,
    pending: Vec<u8>,
}

struct Splitter {
    folder: PathBuf,
    path: Vec<String>,
    outputs: HashMap<String, Output>,
}

impl Splitter {
    /// `line` with its newline, if it has one.
    fn add(&mut self, line: &[u8]) -> Result<()> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        if text.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            return Ok(());
        }
        let found = type_at(text, &self.path);
        let name = found.as_deref().unwrap_or("_bad");
        if !self.outputs.contains_key(name) {
            let file = File::create(self.folder.join(name))?;
            let pending = Vec::with_capacity(WRITE_BYTES);
            self.outputs
                .insert(name.to_owned(), Output { file, pending });
        }
        let output = self.outputs.get_mut(name).expect("was just made");
        if output.pending.len() + line.len() > WRITE_BYTES {
            output.flush()?;
        }
        output.pending.extend_from_slice(line);
        Ok(())
    }
}

impl Output {
    fn flush(&mut self) -> Result<()> {
        self.file.write_all(&self.pending)?;
        self.pending.clear();
        Ok(())
    }
}

fn open(path: &str) -> Result<Box<dyn Read>> {
    let file = File::open(path)?;
    if !path.ends_with(".gz") {
        return Ok(Box::new(file));
    }
    let compressed = BufReader::with_capacity(GZIP_READ_BYTES, file);
    Ok(Box::new(MultiGzDecoder::new(compressed)))
}

/// Fills `buffer`, which grows with the longest line, and hands out its whole lines.
fn split(mut input: Box<dyn Read>, buffer: &mut Vec<u8>, splitter: &mut Splitter) -> Result<()> {
    let mut filled = 0;
    loop {
        let count = input.read(&mut buffer[filled..])?;
        filled += count;
        let mut start = 0;
        while let Some(length) = memchr::memchr(b'\n', &buffer[start..filled]) {
            splitter.add(&buffer[start..=start + length])?;
            start += length + 1;
        }
        if count == 0 {
            return splitter.add(&buffer[start..filled]);
        }
        buffer.copy_within(start..filled, 0);
        filled -= start;
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [inputs @ .., folder, key] = arguments.as_slice() else {
        eprintln!("usage: split-sonic-rs INPUT... OUTDIR KEY");
        std::process::exit(2);
    };
    let mut splitter = Splitter {
        folder: folder.into(),
        path: key.split('.').map(String::from).collect(),
        outputs: HashMap::new(),
    };
    let mut buffer = vec![0; READ_BYTES];
    for input in inputs {
        split(open(input)?, &mut buffer, &mut splitter)?;
    }
    splitter.outputs.values_mut().try_for_each(Output::flush)
}
