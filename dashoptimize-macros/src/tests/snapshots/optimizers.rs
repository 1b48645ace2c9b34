fn tune() {
    ::dashoptimize::__private::optimizers()
        .then((::dashoptimize::__private::stage::<LabeledFewShot>)().max_demos(2))
        .then(
            (::dashoptimize::__private::stage::<a::Search<_, B>>)().seeds(-3..3).quiet(),
        )
        .then((::dashoptimize::__private::stage::<C>)())
}
