//! A type that derives `FieldType` and serde's traits has the same JSON in both.

use dashoptimize::FieldType;
use dashoptimize::signature::FieldType as _;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, FieldType, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
enum Shape {
    Point,
    #[serde(rename = "disc")]
    Circle { radius_mm: f64, center_of: Option<Place> },
    #[serde(rename_all = "kebab-case")]
    UnitSquare { is_flat: bool },
    ManyOf(Vec<Shape2>),
}

#[derive(Clone, Debug, PartialEq, FieldType, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Place {
    x_axis: i64,
    #[serde(rename = "why")]
    y_axis: u64,
}

#[derive(Clone, Debug, PartialEq, FieldType, Serialize, Deserialize)]
struct Shape2(Box<Place>);

fn main() {
    let place = || Place { x_axis: i64::MIN, y_axis: u64::MAX };
    for shape in [
        Shape::Point,
        Shape::Circle { radius_mm: 0.5, center_of: Some(place()) },
        Shape::Circle { radius_mm: 1.0, center_of: None },
        Shape::UnitSquare { is_flat: true },
        Shape::ManyOf(vec![Shape2(Box::new(place()))]),
    ] {
        let json = serde_json::to_value(&shape).unwrap();
        assert_eq!(shape.to_json(), json);
        assert_eq!(Shape::from_json(json), Ok(shape));
    }
}
