//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Reads `retry-after-ms` (milliseconds) and `Retry-After` (seconds, or a date as HTTP writes it).
///
/// A date is taken relative to the server's own `Date`, so that a wrong clock here does no harm.
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

/// A date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may still send.
fn http_date(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_weekday, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let mut next = || parts.next();
    let day = number(next()?, 1..=31)?;
    let name = next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year = number(next()?, 1970..=9999)?;
    let mut clock = next()?.split(':');
    let hour = number(clock.next()?, 0..=23)?;
    let minute = number(clock.next()?, 0..=59)?;
    let second = number(clock.next()?, 0..=60)?;
    let ends = clock.next().is_none() && next()? == "GMT" && next().is_none();
    let days = days_since_1970(year, month, day);
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    ends.then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

fn number(text: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let number = text.parse().ok()?;
    range.contains(&number).then_some(number)
}

/// Days of the Gregorian calendar. The year is counted from March, so that the leap day comes last.
const fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    const DAYS_TO_1970: u64 = 719_468;
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - DAYS_TO_1970
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
    fn the_calendar_is_right() {
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Thu, 31 Dec 2026 23:59:59 GMT", 1_798_761_599),
        ] {
            let since = http_date(date).and_then(|at| at.duration_since(NOW).ok());
            assert_eq!(since, Some(Duration::from_secs(seconds)), "{date}");
        }
    }

    #[test]
    fn anything_else_is_no_wait() {
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
