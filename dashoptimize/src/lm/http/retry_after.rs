//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Reads `retry-after-ms` (milliseconds) and `Retry-After` (seconds, or a date as HTTP writes it).
///
/// A date is taken relative to the server's own `Date`, so that a wrong clock on this machine does no
/// harm.
pub(super) fn read(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|ms| seconds(ms, 1e-3)) {
        return Some(wait);
    }
    let asked = text(RETRY_AFTER.as_str())?;
    seconds(asked, 1.0).or_else(|| {
        let server_now = text(DATE.as_str()).and_then(http_date).unwrap_or(now);
        let until = http_date(asked)?;
        Some(until.duration_since(server_now).unwrap_or(Duration::ZERO))
    })
}

fn seconds(text: &str, unit: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    Duration::try_from_secs_f64(number * unit).ok()
}

fn http_date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn asked(pairs: &[(&'static str, &str)]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_str(value).expect("visible text"));
        }
        read(&headers, NOW)
    }

    #[test]
    fn seconds_and_milliseconds_are_read() {
        assert_eq!(asked(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(
            asked(&[("retry-after", " 0.5 ")]),
            Some(Duration::from_millis(500))
        );
        let both = [("retry-after", "7"), ("retry-after-ms", "250")];
        assert_eq!(asked(&both), Some(Duration::from_millis(250)));
    }

    #[test]
    fn a_date_is_relative_to_the_servers_clock() {
        let until = ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
        let server = ("date", "Sun, 06 Nov 1994 08:49:00 GMT");
        assert_eq!(asked(&[until, server]), Some(Duration::from_secs(37)));
        let late = ("date", "Sun, 06 Nov 1994 08:50:00 GMT");
        assert_eq!(asked(&[until, late]), Some(Duration::ZERO));
        assert_eq!(asked(&[until]), Some(Duration::from_secs(784_111_777)));
    }

    #[test]
    fn anything_else_is_not_a_wait() {
        for text in [
            "",
            "soon",
            "-1",
            "NaN",
            "inf",
            "1e300",
            "06 Nov 1994",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
        ] {
            assert_eq!(asked(&[("retry-after", text)]), None, "{text}");
        }
        assert_eq!(asked(&[]), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}", year in any::<u64>(), day in any::<u64>()) {
            let _ = http_date(&text);
            let _ = http_date(&format!("Sun, {day} Jan {year} 00:00:00 GMT"));
            let _ = seconds(&text, 1.0);
        }
    }
}
